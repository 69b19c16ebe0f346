package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;

/**
 * Code that runs at chosen moments of training, in addition to the module's own. The hooks and their order are Lightning's;
 * they run on the training thread, and an exception ends the run.
 *
 * <p>{@link Trainer} knows where training stands: {@code trainer.currentEpoch()}, {@code trainer.globalStep()},
 * {@code trainer.callbackMetrics()}; {@code trainer.stop()} ends it after the current batch
 * and the validation that follows it.
 */
public interface Callback {

    /** First of all hooks, when a fit begins: before the model is made or restored. */
    default void setup(Trainer trainer, LightningModule module) throws Exception {}

    /** After {@link #setup}: the model and its optimizer are ready, and restored if the run resumes. */
    default void onFitStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Before the validation batches that only check that validation works. */
    default void onSanityCheckStart(Trainer trainer, LightningModule module) throws Exception {}

    /** After those batches; what they logged is discarded. */
    default void onSanityCheckEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** Before the first epoch. */
    default void onTrainStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Before the first batch of an epoch. */
    default void onTrainEpochStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Before a batch's training step. */
    default void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex)
            throws Exception {}

    /** Before gradients are set to zero, once per optimizer step. */
    default void onBeforeZeroGrad(Trainer trainer, LightningModule module) throws Exception {}

    /** Before gradients are computed. */
    default void onBeforeBackward(Trainer trainer, LightningModule module, NDArray loss) throws Exception {}

    /** After gradients were computed. */
    default void onAfterBackward(Trainer trainer, LightningModule module) throws Exception {}

    /** Before the optimizer changes the weights. */
    default void onBeforeOptimizerStep(Trainer trainer, LightningModule module) throws Exception {}

    /** After a batch, its optimizer step included. */
    default void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex)
            throws Exception {}

    /** After the last batch of an epoch and the validation that follows it. */
    default void onTrainEpochEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** After the last epoch. */
    default void onTrainEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** After everything else of a run that succeeded. */
    default void onFitEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** Before a validation. */
    default void onValidationStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Before the first batch of a validation. */
    default void onValidationEpochStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Before a batch's validation step. */
    default void onValidationBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex)
            throws Exception {}

    /** After a batch's validation step. */
    default void onValidationBatchEnd(Trainer trainer, LightningModule module, Batch batch, int batchIndex)
            throws Exception {}

    /** After the last batch of a validation; what is logged here still belongs to it. */
    default void onValidationEpochEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** After a validation, its metrics reduced. */
    default void onValidationEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** When a run ends by an exception. */
    default void onException(Trainer trainer, LightningModule module, Throwable exception) throws Exception {}

    /** Adds entries to a checkpoint before it is written. */
    default void onSaveCheckpoint(Trainer trainer, LightningModule module, Checkpoint checkpoint) throws Exception {}

    /**
     * After a checkpoint is durable under its name and what it displaced is deleted: the moment for loggers to report it
     * or to upload it. Called at the hook that follows; training has continued since the step that was saved.
     */
    default void onCheckpointCommitted(Trainer trainer, LightningModule module, CommittedCheckpoint checkpoint)
            throws Exception {}

    /** After everything else, whether the fit succeeded or not. */
    default void teardown(Trainer trainer, LightningModule module) {}
}
