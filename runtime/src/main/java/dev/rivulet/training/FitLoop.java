package dev.rivulet.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.data.BatchIterator;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedules;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.training.LoopProgress.Place;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains: epochs of batches, each with forward, backward and, every so many batches, an optimizer step; validations in
 * between. Everything happens on the calling thread, in the order that {@link FitHooks} draws.
 */
public final class FitLoop {
    private static final Logger LOG = LoggerFactory.getLogger(FitLoop.class);

    /** The engine has one gradient collector at a time, so fits in one JVM take turns. */
    private static final ReentrantLock COLLECTING = new ReentrantLock();

    private final LoopSettings settings;
    private final Dataset train;
    private final Optional<ValidationLoop> validation;
    private final Steps steps;
    private final OptimizerStep optimizer;
    private final LrSchedules schedules;
    private final FitHooks hooks;
    private final Metrics metrics;
    private final LoopState state;
    private final LoopMemory memory;
    private final NDManager manager;
    private final Engine engine;

    /** Whether the run goes on, in its first epoch, from a file of Lightning's, which has no metrics. */
    private boolean metricsUnknown;

    /**
     * Prepares a run.
     *
     * @param state of a run that has not begun
     * @param memory of the same run
     * @param manager the manager under which batches live, for the length of their use
     */
    public FitLoop(
            LoopSettings settings,
            Dataset train,
            Optional<Dataset> validation,
            Steps steps,
            OptimizerStep optimizer,
            FitHooks hooks,
            Metrics metrics,
            LoopState state,
            LoopMemory memory,
            NDManager manager) {
        this.settings = settings;
        this.train = train;
        this.validation = validation
                .filter(dataset -> settings.limitValBatches() > 0)
                .map(dataset -> new ValidationLoop(dataset, steps, hooks, metrics, state, manager));
        this.steps = steps;
        this.optimizer = optimizer;
        this.schedules = optimizer.schedules();
        this.hooks = hooks;
        this.metrics = metrics;
        this.state = state;
        this.memory = memory;
        this.manager = manager;
        this.engine = manager.getEngine();
    }

    /**
     * Runs to the end.
     *
     * @param resumed where an earlier run stood, whose weights, optimizer and metrics have been restored; empty to begin
     * @throws Exception what a step, a hook or the data set throws, after {@link FitHooks#onException} has been told
     */
    public void run(Optional<LoopProgress> resumed) throws Exception {
        ShutdownSignal signal = new ShutdownSignal(state, settings.shutdownBudget());
        try {
            fit(resumed);
        } catch (Throwable failure) {
            try {
                hooks.onException(failure);
            } catch (Throwable further) {
                if (further != failure) {
                    failure.addSuppressed(further);
                }
            }
            throw failure;
        } finally {
            signal.close();
        }
    }

    private void fit(Optional<LoopProgress> resumed) throws Exception {
        resumed.ifPresent(state::resume);
        hooks.onFitStart();
        if (resumed.isEmpty() && !isDone() && validation.isPresent() && settings.sanityBatches() > 0) {
            validation.get().checkSanity(settings.sanityBatches());
        }
        if (!isDone() || (resumed.isPresent() && isAfterBatch())) {
            hooks.onTrainStart();
            if (resumed.isPresent()) {
                goOn();
            }
            while (!isDone()) {
                state.epoch = state.epochsEnded;
                runEpoch();
            }
            hooks.onTrainEnd();
        }
        hooks.onFitEnd();
    }

    private boolean isDone() {
        boolean noEpochLeft = settings.maxEpochs() != -1 && state.epochsEnded >= settings.maxEpochs();
        return noEpochLeft || noStepLeft() || state.stopping;
    }

    private boolean noStepLeft() {
        return settings.maxSteps() != -1 && state.globalStep >= settings.maxSteps();
    }

    /** Whether what belongs to a batch, a validation and the end of its epoch, may be left to do. */
    private boolean isAfterBatch() {
        return state.place == Place.BATCH_END || state.place == Place.VALIDATION_END;
    }

    /** Does what is left of the epoch in which another run ended. */
    private void goOn() throws Exception {
        metricsUnknown = metrics.toMap().isEmpty();
        boolean counted = state.place == Place.EPOCH_END || state.place == Place.TRAIN_END;
        if (counted && !state.lastBatch) {
            // That run was to stop in the middle of the epoch, and this one is not.
            state.epochsEnded--;
            state.place = Place.BATCH_START;
            counted = false;
        }
        if (state.place == Place.EPOCH_END) {
            closeEpoch();
        } else if (!counted) {
            state.validationPossible = isValidationPossible();
            if (state.place == Place.BATCH_END) {
                // A file of Lightning's does not say; one of this trainer's says the same.
                state.validationDue |= isValidationDue(state.batchIndex);
            }
            runBatches();
            endEpoch();
        }
    }

    private void runEpoch() throws Exception {
        metricsUnknown = false;
        state.batchIndex = -1;
        state.lastBatch = false;
        state.validationPossible = isValidationPossible();
        metrics.beginEpoch();
        hooks.onTrainEpochStart();
        state.place = Place.BATCH_START;
        if (!state.stopping) {
            runBatches();
        }
        endEpoch();
    }

    private boolean isValidationPossible() {
        return validation.isPresent() && (state.epoch + 1) % settings.checkValEveryNEpoch() == 0;
    }

    private void endEpoch() throws Exception {
        state.epochsEnded++;
        metrics.reduce(false);
        state.place = Place.EPOCH_END;
        hooks.onTrainEpochEnd();
        closeEpoch();
    }

    private void closeEpoch() {
        stepOnPlateau(LrInterval.EPOCH, state.epoch);
        state.place = Place.TRAIN_END;
    }

    private void stepOnPlateau(LrInterval passed, long index) {
        if (metricsUnknown && !schedules.knowMetrics(passed, index, this::metric)) {
            LOG.warn(
                    "The run goes on from a file without metrics: ReduceLROnPlateau misses one step, in epoch {}.",
                    state.epoch);
            return;
        }
        schedules.stepOnPlateau(passed, index, this::metric);
    }

    private OptionalDouble metric(String name) {
        return metrics.has(name) ? OptionalDouble.of(metrics.get(name)) : OptionalDouble.empty();
    }

    private void runBatches() throws Exception {
        try (BatchIterator batches = memory.pass(train, manager, state.epoch, state.batchIndex + 1)) {
            if (state.batchIndex < 0 && !batches.hasNext()) {
                throw new EmptyDatasetException("training");
            }
            if (state.place != Place.BATCH_START) {
                followUp();
            }
            while (batches.hasNext() && !state.lastBatch && !noStepLeft() && !state.stopping) {
                state.batchIndex++;
                trainOn(batches);
                state.endIfTold();
                followUp();
            }
        }
    }

    /** What comes after a batch, unless that has been done. */
    private void followUp() throws Exception {
        if (state.place == Place.BATCH_END && state.validationFollows() && validation.isPresent()) {
            memory.validationBegins();
            validation.get().run(settings.limitValBatches());
        }
        if (completesStep(state.batchIndex)) {
            stepOnPlateau(LrInterval.STEP, state.batchIndex);
        }
        state.place = Place.BATCH_START;
    }

    private void trainOn(BatchIterator batches) throws Exception {
        int index = state.batchIndex;
        state.inBatch = true;
        state.windowStart = index - index % settings.accumulateGradBatches(); // Also of one that an earlier run began.
        memory.random().beginStep(state.totalBatches);
        try (Batch batch = batches.next()) {
            noteSize(batches, batch);
            hooks.onTrainBatchStart(batch, index);
            NDArray loss = computeGradients(batch, index);
            if (completesStep(index)) {
                hooks.onBeforeOptimizerStep();
                optimizer.step();
                state.globalStep++;
                schedules.step(LrInterval.STEP, index);
            }
            if (state.lastBatch) {
                schedules.step(LrInterval.EPOCH, state.epoch);
            }
            state.validationDue = isValidationDue(index);
            state.totalBatches++;
            state.inBatch = false;
            state.place = Place.BATCH_END;
            hooks.onTrainBatchEnd(loss, batch, index);
        }
    }

    private NDArray computeGradients(Batch batch, int index) throws Exception {
        NDArray loss;
        COLLECTING.lock();
        try (GradientCollector gradients = engine.newGradientCollector()) {
            loss = steps.trainingStep(batch, index);
            requireScalar(loss);
            if (beginsStep(index)) {
                hooks.onBeforeZeroGrad();
                optimizer.zeroGradients();
            }
            hooks.onBeforeBackward(loss);
            backward(gradients, loss);
        } finally {
            COLLECTING.unlock();
        }
        hooks.onAfterBackward();
        return loss;
    }

    /** Gradients of the batch's share in the step. The share is no operation of the graph: see docs/resuming.md. */
    private void backward(GradientCollector gradients, NDArray loss) {
        if (settings.accumulateGradBatches() == 1) {
            gradients.backward(loss);
            return;
        }
        try (NDArray one = loss.onesLike();
                NDArray share = one.div(settings.accumulateGradBatches())) {
            JniUtils.backward((PtNDArray) loss, (PtNDArray) share, false, false);
        }
    }

    private boolean beginsStep(int index) {
        return index % settings.accumulateGradBatches() == 0;
    }

    private boolean completesStep(int index) {
        return state.lastBatch || (index + 1) % settings.accumulateGradBatches() == 0;
    }

    private void noteSize(BatchIterator batches, Batch batch) {
        state.lastBatch = batches.isLast() || state.batchIndex + 1 == settings.limitTrainBatches();
        if (state.lastBatch) {
            state.batchesOfEpoch = state.batchIndex + 1L;
            refuseUnreachableValidation();
        } else if (state.batchesOfEpoch == 0) {
            long records = batch.getProgressTotal();
            long estimate = records > 0 ? (records + batch.getSize() - 1) / batch.getSize() : Long.MAX_VALUE;
            state.batchesOfEpoch = Math.min(estimate, settings.limitTrainBatches());
        }
    }

    /** Said at the end of the first epoch, because only then is its length known for certain. */
    private void refuseUnreachableValidation() {
        if (validation.isPresent()
                && settings.validationInterval() instanceof ValidationInterval.Batches interval
                && interval.count() > state.batchesOfEpoch) {
            throw new IllegalArgumentException("valCheckInterval is " + interval.count() + " batches, but an epoch has "
                    + state.batchesOfEpoch + ", so that validation would never run; choose a smaller number.");
        }
    }

    private boolean isValidationDue(int index) {
        return state.validationPossible
                && (index + 1) % settings.validationInterval().batches(state.batchesOfEpoch) == 0;
    }

    private static void requireScalar(NDArray loss) {
        if (loss.size() != 1) {
            throw new IllegalStateException("trainingStep returned a loss of shape " + loss.getShape()
                    + ", but a loss is a scalar; use mean() or sum().");
        }
    }
}
