package dev.rivulet.training;

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
