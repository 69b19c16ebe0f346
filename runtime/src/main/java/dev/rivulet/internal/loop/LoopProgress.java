package dev.rivulet.internal.loop;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a training loop, from which it resumes: its position and counts. Immutable.
 *
 * @param position what was done last
 * @param globalStep optimizer steps so far
 * @param repeatsBatch whether the run stopped within a batch, which is then trained on again, so that the result may
 *     differ from that of an uninterrupted run
 */
public record LoopProgress(
        Position position,
        long globalStep,
        Epochs epochs,
        Batches batches,
        Validation validation,
        boolean repeatsBatch) {

    /**
     * Epochs of a run.
     *
     * @param current index of the current epoch
     * @param ended number of epochs counted as complete; at {@link Position#EPOCH_END} this includes the current one,
     *     even if the run stopped in the middle of it
     */
    public record Epochs(int current, int ended) {}

    /**
     * Training batches of a run.
     *
     * @param index index within the epoch of the last completed batch; −1 before the first
     * @param last whether this is the last batch of its epoch
     * @param ofEpoch number of batches in an epoch; an estimate until the first epoch has ended, 0 before its first
     *     batch
     * @param total number of batches completed since the start of the run, over all epochs
     */
    public record Batches(int index, boolean last, long ofEpoch, long total) {}

    /**
     * Validations of a run.
     *
     * @param due whether a validation follows, or has followed, the last training batch
     * @param hasRun whether a validation has run since the start of training; the sanity check does not count
     */
    public record Validation(boolean due, boolean hasRun) {}

    /** Index of the current epoch. */
    public int epoch() {
        return epochs.current;
    }

    /** Index within the epoch of the last completed training batch; −1 before the first. */
    public int batchIndex() {
        return batches.index;
    }

    /** Whether that batch is the last of its epoch. */
    public boolean lastBatch() {
        return batches.last;
    }

    /** Whether training continues in the middle of an epoch. */
    public boolean isWithinEpoch() {
        return batches.index >= 0 && !batches.last;
    }

    /** Optimizer steps in the epoch, if each but the last takes a number of batches. */
    public long stepsOfEpoch(int accumulateGradBatches) {
        long batchesDone = batches.index + 1L;
        return (batchesDone + (batches.last ? accumulateGradBatches - 1 : 0)) / accumulateGradBatches;
    }

    /** Entries for a checkpoint: integers, booleans, and the name of the position. */
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
                        bool(entries, "last_batch"),
                        count(entries, "batches_of_epoch", 0, Long.MAX_VALUE),
                        count(entries, "total_batches", 0, Long.MAX_VALUE)),
                new Validation(bool(entries, "validation_due"), bool(entries, "validation_has_run")),
                bool(entries, "repeats_batch"));
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

    private static boolean bool(Map<?, ?> entries, String name) {
        if (entries.get(name) instanceof Boolean value) {
            return value;
        }
        throw malformed(entries, name);
    }

    private static IllegalArgumentException malformed(Map<?, ?> entries, String name) {
        return new IllegalArgumentException("The progress of the training loop has "
                + (entries.containsKey(name) ? "\"" + name + "\" = " + entries.get(name) : "no \"" + name + "\"")
                + "; resume from another checkpoint.");
    }

    /** What was done last. */
    public enum Position {
        /** The hooks at the start of an epoch, or a batch and everything that follows it; the next batch comes next. */
        BATCH_START,
        /** A batch and its hooks; a validation comes next if it is due. */
        BATCH_END,
        /** The validation after a batch; per-step schedulers that use a metric come next. */
        VALIDATION_END,
        /** The epoch and its hooks; per-epoch schedulers that use a metric come next. */
        EPOCH_END,
        /** Everything. */
        TRAIN_END
    }
}
