package dev.rivulet.internal.loop;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.checkpoint.EmptyDatasetException;
import dev.rivulet.data.BatchIterator;
import dev.rivulet.data.ResumableDataset;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.internal.model.Network;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedules;
import dev.rivulet.optim.OptimizerStep;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs epochs of training batches, each with a forward and a backward pass and, every n batches, an optimizer step,
 * with validations in between. Runs on the calling thread; {@link ModelHooks} shows the order of hooks.
 */
public final class FitLoop {
    private static final Logger LOG = LoggerFactory.getLogger(FitLoop.class);

    private final LoopSettings settings;
    private final Dataset train;
    private final Optional<ValidationLoop> validation;
    private final StepFunctions steps;
    private final HookChain hooks;
    private final NDManager manager;
    private final Engine engine;
    private final OptimizerStep optimizer;
    private final LrSchedules schedules;
    private final LoopState state;
    private final LoopMemory memory;
    private final Metrics metrics;
    private final SlowCalls slowCalls;

    /** Whether the run resumed in the current epoch from a Lightning checkpoint, which holds no metrics. */
    private boolean metricsUnknown;

    private boolean checkedSchedules;

    /**
     * Prepares a run.
     *
     * @param run a run that has not started
     */
    public FitLoop(
            LoopSettings settings,
            Dataset train,
            Optional<Dataset> validation,
            StepFunctions steps,
            HookChain hooks,
            TrainingRun run) {
        this.settings = settings;
        this.train = train;
        this.validation = validation
                .filter(dataset -> settings.limits().valBatches() > 0)
                .map(dataset -> new ValidationLoop(dataset, steps, hooks, run));
        this.steps = steps;
        this.hooks = hooks;
        this.manager = run.manager();
        this.engine = manager.getEngine();
        this.optimizer = run.optimizer();
        this.schedules = optimizer.schedules();
        this.state = run.state();
        this.memory = run.memory();
        this.metrics = memory.metrics();
        this.slowCalls = run.slowCalls();
    }

    /**
     * Runs to the end.
     *
     * @param resumed the position of an earlier run, whose weights, optimizer and metrics have been restored; empty for
     *     a fresh run
     * @throws Exception what a step, a hook or the data set throws, after every {@link ModelHooks#onException}
     */
    public void run(Optional<LoopProgress> resumed) throws Exception {
        ShutdownSignal signal = new ShutdownSignal(state, settings.shutdownBudget(), hooks::callOnException);
        try {
            slowCalls.watch("A step, a hook or the data set", () -> {
                fit(resumed);
                return state;
            });
        } catch (Throwable failure) {
            hooks.callOnException(failure);
            throw failure;
        } finally {
            signal.close();
        }
    }

    private void fit(Optional<LoopProgress> resumed) throws Exception {
        resumed.ifPresent(state::resume);
        hooks.call(ModelHooks::onFitStart);
        if (resumed.isEmpty() && !isDone() && validation.isPresent() && settings.sanityBatches() > 0) {
            validation.get().checkSanity(settings.sanityBatches());
        }
        if (!isDone() || (resumed.isPresent() && isAfterBatch())) {
            hooks.call(ModelHooks::onTrainStart);
            if (resumed.isPresent()) {
                freezeAsResumed();
                resumeEpoch();
            }
            while (!isDone()) {
                state.epoch = state.epochsEnded;
                runEpoch();
            }
            hooks.call(ModelHooks::onTrainEnd);
        }
        hooks.call(ModelHooks::onFitEnd);
    }

    private void freezeAsResumed() {
        Set<String> changed = optimizer.freezeAsResumed();
        if (!changed.isEmpty()) {
            LOG.info(
                    "{} are frozen or trained as when the run was saved, not as a hook at the start set them.",
                    changed);
        }
    }

    private boolean isDone() {
        return !settings.limits().allowEpoch(state.epochsEnded) || isLastStepDone() || state.stopping;
    }

    private boolean isLastStepDone() {
        return !settings.limits().allowStep(state.globalStep);
    }

    /** Whether work after a batch may be left: a validation and the end of the epoch. */
    private boolean isAfterBatch() {
        return state.position == Position.BATCH_END || state.position == Position.VALIDATION_END;
    }

    /** Completes the epoch in which the earlier run stopped. */
    private void resumeEpoch() throws Exception {
        metricsUnknown = metrics.toMap().isEmpty();
        state.validationPossible = isValidationPossible();
        if (state.hasStoppedWithinEpoch()) {
            state.reopenEpoch();
        }
        switch (state.position) {
            case BATCH_START, VALIDATION_END -> finishEpoch();
            case BATCH_END -> finishBatchAndEpoch();
            case EPOCH_END -> closeEpoch();
            case TRAIN_END -> {} // Nothing of the epoch is left.
        }
    }

    private void finishEpoch() throws Exception {
        runBatches();
        endEpoch();
    }

    private void finishBatchAndEpoch() throws Exception {
        // Lightning checkpoints do not record whether a validation is due; for those of this trainer this changes
        // nothing.
        state.validationDue |= isValidationDue(state.batchIndex);
        finishEpoch();
    }

    private void runEpoch() throws Exception {
        metricsUnknown = false;
        state.batchIndex = -1;
        state.lastBatch = false;
        state.validationPossible = isValidationPossible();
        metrics.beginEpoch();
        hooks.call(ModelHooks::onTrainEpochStart);
        state.position = Position.BATCH_START;
        if (!state.stopping) {
            runBatches();
        }
        endEpoch();
    }

    private boolean isValidationPossible() {
        return validation.isPresent()
                && (state.epoch + 1) % settings.validation().everyNEpoch() == 0;
    }

    private void endEpoch() throws Exception {
        state.epochsEnded++;
        metrics.reduce(false);
        state.position = Position.EPOCH_END;
        hooks.callWatchersLast(ModelHooks::onTrainEpochEnd);
        closeEpoch();
    }

    private void closeEpoch() {
        stepOnPlateau(LrInterval.EPOCH, state.epoch);
        state.position = Position.TRAIN_END;
    }

    private void stepOnPlateau(LrInterval passed, long index) {
        if (metricsUnknown && !schedules.hasMetrics(passed, index, this::metric)) {
            LOG.warn(
                    "The run resumes from a file without metrics: ReduceLROnPlateau skips one step, in epoch {}.",
                    state.epoch);
            return;
        }
        schedules.stepOnPlateau(passed, index, this::metric);
    }

    private OptionalDouble metric(String name) {
        return metrics.has(name) ? OptionalDouble.of(metrics.get(name)) : OptionalDouble.empty();
    }

    private void runBatches() throws Exception {
        if (state.lastBatch) { // The run resumes after it and reads no data of this epoch.
            finishBatch();
            return;
        }
        try (BatchIterator batches = memory.pass(train, manager, state.epoch, state.batchIndex + 1)) {
            if (state.batchIndex < 0 && !batches.hasNext()) {
                throw new EmptyDatasetException("training");
            }
            finishBatch();
            while (batches.hasNext() && !state.lastBatch && !isLastStepDone() && !state.stopping) {
                state.batchIndex++;
                trainOn(batches);
                state.throwIfInterrupted();
                followUp();
            }
        }
    }

    /** Does what follows the batch after which the earlier run stopped. */
    private void finishBatch() throws Exception {
        if (state.position != Position.BATCH_START) {
            followUp();
        }
    }

    /** Does what follows a batch, unless it is done already. */
    private void followUp() throws Exception {
        if (state.position == Position.BATCH_END && state.validationFollows() && validation.isPresent()) {
            memory.startValidation();
            validation.get().run(settings.limits().valBatches());
        }
        if (completesStep(state.batchIndex)) {
            stepOnPlateau(LrInterval.STEP, state.batchIndex);
        }
        state.position = Position.BATCH_START;
    }

    private void trainOn(BatchIterator batches) throws Exception {
        slowCalls.restart();
        int index = state.batchIndex;
        state.inBatch = true;
        state.windowStart = index - index % settings.accumulateGradBatches(); // Also if an earlier run started it.
        memory.random().beginStep(state.totalBatches());
        try (Batch batch = batches.next()) {
            updateEpochSize(batches, batch);
            warnOfShortSchedules();
            hooks.call(each -> each.onTrainBatchStart(batch, index));
            NDArray loss = computeGradients(batch, index);
            if (completesStep(index)) {
                hooks.call(ModelHooks::onBeforeOptimizerStep);
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
            state.position = Position.BATCH_END;
            hooks.call(each -> each.onTrainBatchEnd(loss, batch, index));
        }
    }

    private NDArray computeGradients(Batch batch, int index) throws Exception {
        NDArray loss;
        GradientTurn.begin(state);
        try (GradientCollector gradients = engine.newGradientCollector()) {
            optimizer.freezeBuffers();
            loss = steps.trainingStep(batch, index);
            requireScalar(loss);
            if (beginsStep(index)) {
                hooks.call(ModelHooks::onBeforeZeroGrad);
                optimizer.zeroGradients();
            } else {
                optimizer.addTrained();
            }
            hooks.call(each -> each.onBeforeBackward(loss));
            backward(gradients, loss);
        } catch (EngineException e) {
            throw new IllegalStateException(
                    "The gradients of the loss that trainingStep returned cannot be computed; libtorch says: "
                            + Network.firstLine(e) + ". Compute the loss from forward(…) by operations that return new"
                            + " arrays, without stopGradient() or getFloat(), and do not freeze all parameters.",
                    e);
        } finally {
            GradientTurn.end();
        }
        hooks.call(ModelHooks::onAfterBackward);
        return loss;
    }

    /** Gradients of the batch, scaled by its share in the step. */
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

    private void updateEpochSize(BatchIterator batches, Batch batch) {
        if (state.batchIndex == 0 && !(train instanceof ResumableDataset)) {
            memory.beginEpoch(batch);
        }
        state.lastBatch =
                batches.isLast() || state.batchIndex + 1 == settings.limits().trainBatches();
        if (state.lastBatch) {
            state.batchesOfEpoch = state.batchIndex + 1L;
            refuseUnreachableValidation();
        } else if (state.batchesOfEpoch == 0) {
            long records = batch.getProgressTotal();
            long estimate = records > 0 ? (records + batch.getSize() - 1) / batch.getSize() : Long.MAX_VALUE;
            state.batchesOfEpoch = Math.min(estimate, settings.limits().trainBatches());
        }
    }

    /** Checked at the end of the first epoch, when its length is known. */
    private void refuseUnreachableValidation() {
        if (validation.isPresent()
                && settings.validation().interval() instanceof ValidationInterval.Batches interval
                && interval.count() > state.batchesOfEpoch) {
            throw new IllegalArgumentException("valCheckInterval is " + interval.count() + " batches, but an epoch has "
                    + state.batchesOfEpoch + ", so validation would never run; choose a smaller number.");
        }
    }

    /** At the first batch of the run, so that a schedule does not fail epochs later without notice. */
    private void warnOfShortSchedules() {
        if (!checkedSchedules) {
            checkedSchedules = true;
            settings.plannedSteps(state.batchesOfEpoch)
                    .ifPresent(steps -> warnOfShortSchedules(LrInterval.STEP, steps));
            warnOfShortSchedules(LrInterval.EPOCH, settings.limits().maxEpochs());
        }
    }

    private void warnOfShortSchedules(LrInterval interval, long planned) {
        schedules
                .endingBefore(interval, planned)
                .forEach(schedule -> LOG.warn(
                        "The schedule \"{}\" ends before this run, which is planned for {} of its intervals: training"
                                + " will fail then. Configure it for all steps, or set maxSteps.",
                        schedule.describe(),
                        planned));
    }

    private boolean isValidationDue(int index) {
        return state.validationPossible
                && (index + 1) % settings.validation().interval().batches(state.batchesOfEpoch) == 0;
    }

    private static void requireScalar(NDArray loss) {
        if (loss.size() != 1) {
            throw new IllegalStateException("trainingStep returned a loss of shape " + loss.getShape()
                    + ", but a loss is a scalar; use mean() or sum().");
        }
    }
}
