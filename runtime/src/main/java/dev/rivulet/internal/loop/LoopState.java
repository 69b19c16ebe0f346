package dev.rivulet.internal.loop;

import dev.rivulet.checkpoint.ShutdownException;
import dev.rivulet.internal.loop.LoopProgress.Position;

/** Where training stands. Written by the loop, on the training thread; read by hooks there. */
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

    /** A run that has not begun. */
    public LoopState() {}

    /** Index of the epoch that runs or has just run. */
    public int epoch() {
        return epoch;
    }

    /** Number of epochs that were run to their end. */
    public int epochsEnded() {
        return epochsEnded;
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

    /** Whether a validation runs right after this training batch: it is due, or training stops where one may run. */
    public boolean validationFollows() {
        return validationDue || (stopping && validationPossible);
    }

    /** Whether the validation batches run that only check that validation works. */
    public boolean isSanityChecking() {
        return sanityChecking;
    }

    /** Whether a validation runs. */
    public boolean isValidating() {
        return validating;
    }

    /** Whether a validation has run since training began; the check before it does not count. */
    public boolean validationHasRun() {
        return validationHasRun;
    }

    /** Whether training ends after this batch. */
    public boolean isStopping() {
        return stopping;
    }

    /**
     * Where the run stands, as it is saved. In the middle of a batch that is the end of the last batch before the gradients
     * began to add up.
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

    /** Whether the current epoch counts as ended although batches of it are left: the run was to stop within it. */
    boolean hasStoppedWithinEpoch() {
        return (position == Position.EPOCH_END || position == Position.TRAIN_END) && !lastBatch;
    }

    /** Undoes the end of such an epoch, for a run that does not stop there. */
    void reopenEpoch() {
        epochsEnded--;
        position = Position.BATCH_START;
    }

    /** Whether the process was told to end. */
    boolean isShutDown() {
        return shutDown;
    }

    /** Ends training by a {@link ShutdownException} after this batch. Called by another thread. */
    void shutDown() {
        shutDown = true;
    }

    /**
     * Ends training now if the process was told to end, or the thread.
     *
     * @throws ShutdownException if the process was told
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

    /** Ends training after this batch. May be called from any thread. */
    public void stop() {
        stopping = true;
    }
}
