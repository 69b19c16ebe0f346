package dev.rivulet.internal.loop;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.checkpoint.EmptyDatasetException;
import dev.rivulet.data.BatchIterator;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.internal.loop.LoopProgress.Position;

/** Runs validations: all batches of the validation data, without gradients, then their combined metrics. */
final class ValidationLoop {
    private final Dataset dataset;
    private final StepFunctions steps;
    private final HookChain hooks;
    private final NDManager manager;
    private final LoopState state;
    private final Metrics metrics;
    private final SlowCalls slowCalls;

    ValidationLoop(Dataset dataset, StepFunctions steps, HookChain hooks, TrainingRun run) {
        this.dataset = dataset;
        this.steps = steps;
        this.hooks = hooks;
        this.manager = run.manager();
        this.state = run.state();
        this.metrics = run.memory().metrics();
        this.slowCalls = run.slowCalls();
    }

    void run(int limitBatches) throws Exception {
        state.validating = true;
        hooks.call(ModelHooks::onValidationStart);
        hooks.call(ModelHooks::onValidationEpochStart);
        try (BatchIterator batches = new BatchIterator(dataset, manager)) {
            if (!batches.hasNext()) {
                throw new EmptyDatasetException("validation");
            }
            for (int index = 0; index < limitBatches && batches.hasNext(); index++) {
                validateOn(batches, index);
                state.throwIfInterrupted();
            }
        }
        hooks.call(ModelHooks::onValidationEpochEnd);
        metrics.reduce(true);
        if (!state.sanityChecking) {
            state.validationHasRun = true;
            state.position = Position.VALIDATION_END;
        }
        hooks.call(ModelHooks::onValidationEnd);
        state.validating = false;
    }

    private void validateOn(BatchIterator batches, int index) throws Exception {
        slowCalls.restart();
        try (Batch batch = batches.next()) {
            hooks.call(each -> each.onValidationBatchStart(batch, index));
            steps.validationStep(batch, index);
            hooks.call(each -> each.onValidationBatchEnd(batch, index));
        }
    }

    /** Checks that validation works before hours of training; metrics that it logs are discarded. */
    void checkSanity(int batches) throws Exception {
        state.sanityChecking = true;
        hooks.call(ModelHooks::onSanityCheckStart);
        run(batches);
        hooks.call(ModelHooks::onSanityCheckEnd);
        metrics.clear();
        state.sanityChecking = false;
    }
}
