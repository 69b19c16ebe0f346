package dev.rivulet.training;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.data.BatchIterator;
import dev.rivulet.training.LoopProgress.Place;

/** One validation: all batches of the validation data, without gradients, then the metrics of all together. */
final class ValidationLoop {
    private final Dataset dataset;
    private final Steps steps;
    private final FitHooks hooks;
    private final Metrics metrics;
    private final LoopState state;
    private final NDManager manager;

    ValidationLoop(Dataset dataset, Steps steps, FitHooks hooks, Metrics metrics, LoopState state, NDManager manager) {
        this.dataset = dataset;
        this.steps = steps;
        this.hooks = hooks;
        this.metrics = metrics;
        this.state = state;
        this.manager = manager;
    }

    void run(int limitBatches) throws Exception {
        state.validating = true;
        hooks.onValidationStart();
        hooks.onValidationEpochStart();
        try (BatchIterator batches = new BatchIterator(dataset, manager)) {
            if (!batches.hasNext()) {
                throw new EmptyDatasetException("validation");
            }
            for (int index = 0; index < limitBatches && batches.hasNext(); index++) {
                try (Batch batch = batches.next()) {
                    hooks.onValidationBatchStart(batch, index);
                    steps.validationStep(batch, index);
                    hooks.onValidationBatchEnd(batch, index);
                }
                state.endIfTold();
            }
        }
        hooks.onValidationEpochEnd();
        metrics.reduce(true);
        if (!state.sanityChecking) {
            state.validationHasRun = true;
            state.place = Place.VALIDATION_END;
        }
        hooks.onValidationEnd();
        state.validating = false;
    }

    /** Proves that validation works before hours of training lead to it; what it logs is forgotten. */
    void checkSanity(int batches) throws Exception {
        state.sanityChecking = true;
        hooks.onSanityCheckStart();
        run(batches);
        hooks.onSanityCheckEnd();
        metrics.clear();
        state.sanityChecking = false;
    }
}
