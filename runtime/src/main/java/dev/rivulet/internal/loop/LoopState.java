package dev.rivulet.internal.loop;

import dev.rivulet.checkpoint.ShutdownException;
import dev.rivulet.internal.loop.LoopProgress.Position;

/** The state of the training loop. Written by the loop and read by hooks, on the training thread. */
public final class LoopState {
    int epoch;
    long globalStep;
    int epochsEnded;
    int batchIndex;
    long batchesOfEpoch;
    boolean lastBatch;
    boolean validationPossible;
    boolean validationDue;
    boolean sanityChecking;
    boolean validating;
    volatile boolean stopping;
    private volatile boolean shutDown;
    boolean validationHasRun;
    long totalBatches;
    int windowStart;
    boolean inBatch;
    Position position = Position.BATCH_START;

    /** The state of a run that has not started. */
    public LoopState() {}

    /** Index of the current epoch. */
    public int epoch() {
        return epoch;
    }

    /** Number of completed epochs. */
    public int epochsEnded() {
        return epochsEnded;
    }

    /** Training batches so far, in all epochs. */
    public long totalBatches() {
        return totalBatches;
    }

    /** Optimizer steps so far. */
    public long globalStep() {
        return globalStep;
    }

    /** Index of the training batch within its epoch. */
    public int batchIndex() {
        return batchIndex;
    }

    /** Number of training batches of an epoch; an estimate, rounded up, until the first epoch has ended. */
    public long batchesOfEpoch() {
        return batchesOfEpoch;
    }

    /** Whether the training batch is the last of its epoch. */
    public boolean isLastBatch() {
        return lastBatch;
    }

    /** Whether a validation follows this training batch, because it is due or because training stops here. */
    public boolean validationFollows() {
        return validationDue || (stopping && validationPossible);
    }

    /** Whether the sanity check before training is running. */
    public boolean isSanityChecking() {
        return sanityChecking;
    }

    /** Whether a validation is running. */
    public boolean isValidating() {
        return validating;
    }

    /** Whether a validation has run since the start of training; the sanity check does not count. */
    public boolean validationHasRun() {
        return validationHasRun;
    }

    /**
     * The progress to save. In the middle of a batch, this is the end of the last batch before gradient accumulation
     * started.
     */
    public LoopProgress progress() {
        int repeated = inBatch ? batchIndex - windowStart : 0;
        return new LoopProgress(
                inBatch ? Position.BATCH_START : position,
                globalStep,
                new LoopProgress.Epochs(epoch, epochsEnded),
                new LoopProgress.Batches(
                        inBatch ? windowStart - 1 : batchIndex,
                        lastBatch && !inBatch,
                        batchesOfEpoch,
                        totalBatches - repeated),
                new LoopProgress.Validation(validationDue && !inBatch, validationHasRun),
                inBatch);
    }

    /** Adopts the position of another run. */
    void resume(LoopProgress progress) {
        position = progress.position();
        globalStep = progress.globalStep();
        epoch = progress.epochs().current();
        epochsEnded = progress.epochs().ended();
        batchIndex = progress.batches().index();
        lastBatch = progress.batches().last();
        batchesOfEpoch = progress.batches().ofEpoch();
        totalBatches = progress.batches().total();
        validationDue = progress.validation().due();
        validationHasRun = progress.validation().hasRun();
    }

    /**
     * Whether the current epoch counts as ended although it has more batches, because the run stopped within it. Before
     * the first epoch none has ended.
     */
    boolean hasStoppedWithinEpoch() {
        return (position == Position.EPOCH_END || position == Position.TRAIN_END) && !lastBatch && epochsEnded > 0;
    }

    /** Undoes the end of such an epoch, for a run that continues it. */
    void reopenEpoch() {
        epochsEnded--;
        position = Position.BATCH_START;
    }

    /** Whether the process was asked to shut down. */
    boolean isShutDown() {
        return shutDown;
    }

    /** Ends training with a {@link ShutdownException} after this batch. For any thread. */
    void shutDown() {
        shutDown = true;
    }

    /**
     * Throws if the process was asked to shut down, or the thread was interrupted.
     *
     * @throws ShutdownException if the process was asked to shut down
     * @throws InterruptedException if the thread was interrupted
     */
    void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("The training thread was interrupted.");
        }
        if (shutDown) {
            throw new ShutdownException();
        }
    }

    /** Ends training after this batch. For any thread. */
    public void stop() {
        stopping = true;
    }
}
