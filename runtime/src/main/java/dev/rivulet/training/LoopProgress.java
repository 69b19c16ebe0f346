package dev.rivulet.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands in its loop: what has been done last, and the counts by which it goes on.
 *
 * @param place what has been done last
 * @param epoch index of the epoch that runs or has just run
 * @param epochsEnded number of epochs that were counted as run; at {@link Place#EPOCH_END} this one is among them, even if
 *     the run was to stop in the middle of it
 * @param globalStep optimizer steps so far
 * @param batchIndex index in its epoch of the last training batch that was completed, −1 before the first
 * @param totalBatches training batches completed since the run began, over all epochs
 * @param batchesOfEpoch number of training batches of an epoch; an estimate until the first epoch has ended, 0 before its
 *     first batch
 * @param lastBatch whether that batch is the last one of its epoch
 * @param validationDue whether a validation follows, or has followed, that batch
 * @param validationHasRun whether a validation has run since training began; the check before it does not count
 * @param repeatsBatch whether the run ended within a batch, which is trained on once more: not exactly as if nothing had
 *     happened
 */
public record LoopProgress(
        Place place,
        int epoch,
        int epochsEnded,
        long globalStep,
        int batchIndex,
        long totalBatches,
        long batchesOfEpoch,
        boolean lastBatch,
        boolean validationDue,
        boolean validationHasRun,
        boolean repeatsBatch) {

    /** Entries for a checkpoint: integers, booleans, and the name of the place. */
    public Map<String, @Nullable Object> toEntries() {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put("place", place.name());
        entries.put("epoch", (long) epoch);
        entries.put("epochs_ended", (long) epochsEnded);
        entries.put("global_step", globalStep);
        entries.put("batch_index", (long) batchIndex);
        entries.put("total_batches", totalBatches);
        entries.put("batches_of_epoch", batchesOfEpoch);
        entries.put("last_batch", lastBatch);
        entries.put("validation_due", validationDue);
        entries.put("validation_has_run", validationHasRun);
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
                place(entries),
                Math.toIntExact(count(entries, "epoch", 0, Integer.MAX_VALUE)),
                Math.toIntExact(count(entries, "epochs_ended", 0, Integer.MAX_VALUE)),
                count(entries, "global_step", 0, Long.MAX_VALUE),
                Math.toIntExact(count(entries, "batch_index", -1, Integer.MAX_VALUE)),
                count(entries, "total_batches", 0, Long.MAX_VALUE),
                count(entries, "batches_of_epoch", 0, Long.MAX_VALUE),
                flag(entries, "last_batch"),
                flag(entries, "validation_due"),
                flag(entries, "validation_has_run"),
                flag(entries, "repeats_batch"));
    }

    private static Place place(Map<?, ?> entries) {
        for (Place place : Place.values()) {
            if (place.name().equals(entries.get("place"))) {
                return place;
            }
        }
        throw malformed(entries, "place");
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
    public enum Place {
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
