package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.training.FitHooks;

/** A module's own hooks as the loop sees them. */
record ModuleHooks(LightningModule module) implements FitHooks {

    @Override
    public void onFitStart() throws Exception {
        module.onFitStart();
    }

    @Override
    public void onTrainStart() throws Exception {
        module.onTrainStart();
    }

    @Override
    public void onTrainEpochStart() throws Exception {
        module.onTrainEpochStart();
    }

    @Override
    public void onTrainBatchStart(Batch batch, int batchIndex) throws Exception {
        module.onTrainBatchStart(batch, batchIndex);
    }

    @Override
    public void onBeforeZeroGrad() throws Exception {
        module.onBeforeZeroGrad();
    }

    @Override
    public void onBeforeBackward(NDArray loss) throws Exception {
        module.onBeforeBackward(loss);
    }

    @Override
    public void onAfterBackward() throws Exception {
        module.onAfterBackward();
    }

    @Override
    public void onBeforeOptimizerStep() throws Exception {
        module.onBeforeOptimizerStep();
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {
        module.onTrainBatchEnd(loss, batch, batchIndex);
    }

    @Override
    public void onTrainEpochEnd() throws Exception {
        module.onTrainEpochEnd();
    }

    @Override
    public void onTrainEnd() throws Exception {
        module.onTrainEnd();
    }

    @Override
    public void onFitEnd() throws Exception {
        module.onFitEnd();
    }

    @Override
    public void onValidationStart() throws Exception {
        module.onValidationStart();
    }

    @Override
    public void onValidationEpochStart() throws Exception {
        module.onValidationEpochStart();
    }

    @Override
    public void onValidationBatchStart(Batch batch, int batchIndex) throws Exception {
        module.onValidationBatchStart(batch, batchIndex);
    }

    @Override
    public void onValidationBatchEnd(Batch batch, int batchIndex) throws Exception {
        module.onValidationBatchEnd(batch, batchIndex);
    }

    @Override
    public void onValidationEpochEnd() throws Exception {
        module.onValidationEpochEnd();
    }

    @Override
    public void onValidationEnd() throws Exception {
        module.onValidationEnd();
    }
}
