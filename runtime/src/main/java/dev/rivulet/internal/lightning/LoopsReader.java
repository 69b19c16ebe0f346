package dev.rivulet.internal.lightning;

import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.loop.LoopProgress.Batches;
import dev.rivulet.internal.loop.LoopProgress.Epochs;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.internal.loop.LoopProgress.Validation;
import java.util.OptionalLong;

/** Reads the progress of Lightning's training loop from the entry {@code loops.fit_loop}. */
final class LoopsReader {
    private static final String OPTIMIZER = "epoch_loop.automatic_optimization.optim_progress";

    private final SavedCount epochs;
    private final SavedCount batches;
    private final SavedCount totalBatches;
    private final SavedCount validation;
    private final boolean lastBatch;
    private final long globalStep;
    private final long stepsOfEpoch;
    private final long batchesThatStepped;

    LoopsReader(DictReader loop) {
        DictReader batchProgress = loop.dict("epoch_loop.batch_progress");
        epochs = SavedCount.read(loop.dict("epoch_progress").dict("current"));
        batches = SavedCount.read(batchProgress.dict("current"));
        totalBatches = SavedCount.read(batchProgress.dict("total"));
        validation =
                SavedCount.read(loop.dict("epoch_loop.val_loop.batch_progress").dict("current"));
        lastBatch = batchProgress.bool("is_last_batch");
        DictReader steps = loop.dict(OPTIMIZER).dict("optimizer").dict("step");
        globalStep = steps.dict("total").count("completed");
        stepsOfEpoch = steps.dict("current").count("completed");
        batchesThatStepped = loop.dict("epoch_loop.state_dict").count("_batches_that_stepped");
        long manual = loop.dict("epoch_loop.manual_optimization.optim_step_progress")
                .dict("total")
                .count("completed");
        if (manual > 0) {
            throw new NoTrainingStateException("The checkpoint comes from a run with manual optimization (" + manual
                    + " steps), which does not record the batches of each step; load only its weights.");
        }
    }

    /** Optimizer steps in the epoch; empty if they cannot be compared with its batches. */
    OptionalLong stepsOfEpoch() {
        return batches.ready() > batches.processed() ? OptionalLong.empty() : OptionalLong.of(stepsOfEpoch);
    }

    LoopProgress progress() {
        boolean repeats = isWithinEpoch() && batches.ready() > batches.processed();
        boolean epochBegins = epochs.ready() > epochs.started();
        Position position = repeats || epochBegins ? Position.BATCH_START : position();
        long index = epochBegins ? -1 : batches.processed() - 1;
        boolean last = lastBatch && !repeats && !epochBegins;
        long ended = epochs.processed();
        boolean within = isWithinEpoch() || epochBegins;
        return new LoopProgress(
                position,
                globalStep,
                new Epochs(toIndex(within ? ended : Math.max(0, ended - 1)), toIndex(ended)),
                new Batches(toIndex(index), last, batchesOfEpoch(last, within), totalBatches.processed()),
                // Before the first epoch, only the sanity check has counted.
                new Validation(position == Position.VALIDATION_END, validation.ready() > 0 && epochs.ready() > 0),
                repeats);
    }

    private static int toIndex(long count) {
        if (count > Integer.MAX_VALUE) {
            throw new NoTrainingStateException("The checkpoint counts " + count
                    + " epochs or batches of an epoch, more than Rivulet supports; resume from another checkpoint, or"
                    + " load only its weights.");
        }
        return (int) count;
    }

    /**
     * Whether an epoch is running. After Lightning has resumed from the last batch of an epoch, it no longer counts
     * started epochs, so the batch counts are used as well.
     */
    private boolean isWithinEpoch() {
        boolean counted = epochs.started() > epochs.processed();
        boolean ended = epochs.processed() > epochs.completed();
        boolean batchRuns = batches.ready() > batches.completed() || batchesThatStepped == globalStep - 1;
        return counted || (!ended && batches.ready() > 0 && batchRuns);
    }

    private Position position() {
        if (!isWithinEpoch()) {
            return epochs.processed() > epochs.completed() ? Position.EPOCH_END : Position.TRAIN_END;
        } else if (batches.processed() == 0) {
            return Position.BATCH_START;
        } else if (batches.processed() > batches.completed()) {
            return Position.BATCH_END;
        } else if (batchesThatStepped == globalStep) {
            // Or after a validation between two steps, from which a run resumes in the same way.
            return Position.BATCH_START;
        }
        boolean validated = validation.ready() > 0 && validation.ready() == validation.completed();
        return validated ? Position.VALIDATION_END : Position.BATCH_END;
    }

    /** Batches of an epoch, derived from other counts because Lightning does not save it; 0 if unknown. */
    private long batchesOfEpoch(boolean last, boolean within) {
        if (last) {
            return batches.processed();
        }
        long epochsBefore = epochs.processed() - (within ? 0 : 1);
        long batchesBefore = totalBatches.processed() - batches.processed();
        return epochsBefore > 0 && batchesBefore % epochsBefore == 0 ? batchesBefore / epochsBefore : 0;
    }
}
