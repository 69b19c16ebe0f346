package dev.rivulet.internal.loop;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands in its loop: what has been done last, and the counts from which it resumes.
 *
 * @param position what has been done last
 * @param globalStep optimizer steps so far
 * @param repeatsBatch whether the run ended within a batch, which is trained on again: not exactly as if nothing had
 *     happened
 */
public record LoopProgress(
        Position position, long globalStep, Epochs epochs, Batches batches, Validation validation, boolean repeatsBatch) {

    /**
     * Epochs of a run.
     *
     * @param current index of the epoch that runs or has just run
     * @param ended number of epochs that were counted as run; at {@link Position#EPOCH_END} this one is among them, even if
     *     the run was to stop in the middle of it
     */
    public record Epochs(int current, int ended) {}

    /**
     * Training batches of a run.
     *
     * @param index in its epoch, of the last one that was completed; −1 before the first
     * @param last whether that is the last one of its epoch
     * @param ofEpoch number of them in an epoch; an estimate until the first epoch has ended, 0 before its first batch
     * @param total number of those completed since the run began, over all epochs
     */
    public record Batches(int index, boolean last, long ofEpoch, long total) {}

    /**
     * Validations of a run.
     *
     * @param due whether one follows, or has followed, the last training batch
     * @param hasRun whether one has run since training began; the check before it does not count
     */
    public record Validation(boolean due, boolean hasRun) {}

    /** Index of the epoch that runs or has just run. */
    public int epoch() {
        return epochs.current;
    }

    /** Index in its epoch of the last training batch that was completed, −1 before the first. */
    public int batchIndex() {
        return batches.index;
    }

    /** Whether that batch is the last one of its epoch. */
    public boolean lastBatch() {
        return batches.last;
    }

    /** Entries for a checkpoint: integers, booleans, and the name of the place. */
    public Map<String, @Nullable Object> toEntries() {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put("place", position.name());
        entries.put("epoch", (long) epochs.current);
        entries.put("epochs_ended", (long) epochs.ended);
        entries.put("global_step", globalStep);
        entries.put("batch_index", (long) batches.index);
        entries.put("total_batches", batches.total);
        entries.put("batches_of_epoch", batches.ofEpoch);
        entries.put("last_batch", batches.last);
        entries.put("validation_due", validation.due);
        entries.put("validation_has_run", validation.hasRun);
        entries.put("repeats_batch", repeatsBatch);
        return entries;
    }

    /**
     * The progress that {@link #toEntries} wrote.
     *
     * @throws IllegalArgumentException if an entry is missing or malformed, with its name
     */
    public static LoopProgress fromEntries(Map<?, ?> entries) {
        return new LoopProgress(
                position(entries),
                count(entries, "global_step", 0, Long.MAX_VALUE),
                new Epochs(index(entries, "epoch", 0), index(entries, "epochs_ended", 0)),
                new Batches(
                        index(entries, "batch_index", -1),
                        flag(entries, "last_batch"),
                        count(entries, "batches_of_epoch", 0, Long.MAX_VALUE),
                        count(entries, "total_batches", 0, Long.MAX_VALUE)),
                new Validation(flag(entries, "validation_due"), flag(entries, "validation_has_run")),
                flag(entries, "repeats_batch"));
    }

    private static Position position(Map<?, ?> entries) {
        for (Position position : Position.values()) {
            if (position.name().equals(entries.get("place"))) {
                return position;
            }
        }
        throw malformed(entries, "place");
    }

    private static int index(Map<?, ?> entries, String name, int least) {
        return Math.toIntExact(count(entries, name, least, Integer.MAX_VALUE));
    }

    private static long count(Map<?, ?> entries, String name, long least, long most) {
        if (entries.get(name) instanceof Long count && count >= least && count <= most) {
            return count;
        }
        throw malformed(entries, name);
    }

    private static boolean flag(Map<?, ?> entries, String name) {
        if (entries.get(name) instanceof Boolean flag) {
            return flag;
        }
        throw malformed(entries, name);
    }

    private static IllegalArgumentException malformed(Map<?, ?> entries, String name) {
        return new IllegalArgumentException("The progress of the training loop has "
                + (entries.containsKey(name) ? "\"" + name + "\" = " + entries.get(name) : "no \"" + name + "\"")
                + "; resume from another checkpoint.");
    }

    /** What has been done last. */
    public enum Position {
        /** The hooks at an epoch's start, or the batch and all that belongs to it: the next batch is to come. */
        BATCH_START,
        /** A batch and its hooks: a validation that is due is to come. */
        BATCH_END,
        /** The validation after a batch: schedulers that look at a metric, if by steps, are to come. */
        VALIDATION_END,
        /** The epoch and its hooks: schedulers that look at a metric, if by epochs, are to come. */
        EPOCH_END,
        /** Everything. */
        TRAIN_END
    }
}
