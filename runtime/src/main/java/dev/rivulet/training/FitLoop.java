package dev.rivulet.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.data.BatchIterator;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedules;
import dev.rivulet.optim.OptimizerStep;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Trains: epochs of batches, each with forward, backward and, every so many batches, an optimizer step; validations in
 * between. Everything happens on the calling thread, in the order that {@link FitHooks} draws.
 */
public final class FitLoop {
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
    private final NDManager manager;
    private final Engine engine;

    /**
     * Prepares a run.
     *
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
        this.manager = manager;
        this.engine = manager.getEngine();
    }

    /**
     * Runs to the end.
     *
     * @throws Exception what a step, a hook or the data set throws, after {@link FitHooks#onException} has been told
     */
    public void run() throws Exception {
        ShutdownSignal signal = new ShutdownSignal(state, settings.shutdownBudget());
        try {
            fit();
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

    private void fit() throws Exception {
        hooks.onFitStart();
        if (!isDone() && validation.isPresent() && settings.numSanityValSteps() > 0) {
            validation.get().checkSanity(Math.min(settings.numSanityValSteps(), settings.limitValBatches()));
        }
        if (!isDone()) {
            hooks.onTrainStart();
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

    private void runEpoch() throws Exception {
        state.batchIndex = -1;
        state.lastBatch = false;
        state.validationPossible = validation.isPresent() && (state.epoch + 1) % settings.checkValEveryNEpoch() == 0;
        hooks.onTrainEpochStart();
        if (!state.stopping) {
            runBatches();
        }
        state.epochsEnded++;
        metrics.reduce(false);
        hooks.onTrainEpochEnd();
        schedules.stepOnPlateau(LrInterval.EPOCH, state.epoch, this::metric);
    }

    private OptionalDouble metric(String name) {
        return metrics.has(name) ? OptionalDouble.of(metrics.get(name)) : OptionalDouble.empty();
    }

    private void runBatches() throws Exception {
        try (BatchIterator batches = new BatchIterator(train, manager, state.epoch, 0)) {
            if (!batches.hasNext()) {
                throw new EmptyDatasetException("training");
            }
            do {
                state.batchIndex++;
                trainOn(batches);
                state.endIfTold();
                if (state.validationFollows()) {
                    validation.orElseThrow().run(settings.limitValBatches());
                }
                if (completesStep(state.batchIndex)) {
                    schedules.stepOnPlateau(LrInterval.STEP, state.batchIndex, this::metric);
                }
            } while (!state.lastBatch && !noStepLeft() && !state.stopping);
        }
    }

    private void trainOn(BatchIterator batches) throws Exception {
        try (Batch batch = batches.next()) {
            int index = state.batchIndex;
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
            hooks.onTrainBatchEnd(loss, batch, index);
        }
    }

    private NDArray computeGradients(Batch batch, int index) throws Exception {
        NDArray loss;
        COLLECTING.lock();
        try (GradientCollector gradients = engine.newGradientCollector()) {
            loss = steps.trainingStep(batch, index);
            requireScalar(loss);
            if (index % settings.accumulateGradBatches() == 0) {
                hooks.onBeforeZeroGrad();
                optimizer.zeroGradients();
            }
            hooks.onBeforeBackward(loss);
            gradients.backward(
                    settings.accumulateGradBatches() == 1 ? loss : loss.div(settings.accumulateGradBatches()));
        } finally {
            COLLECTING.unlock();
        }
        hooks.onAfterBackward();
        return loss;
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
