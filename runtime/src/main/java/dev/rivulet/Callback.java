package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;

/**
 * Hooks that run during training, in addition to the module's own.
 *
 * <p>Names and order are those of Lightning. All hooks run on the training thread; an exception from a hook ends the
 * run.
 *
 * <p>{@link Trainer} reports the state of training: {@code trainer.currentEpoch()}, {@code trainer.globalStep()},
 * {@code trainer.callbackMetrics()}. {@code trainer.stop()} ends training after the current batch and its validation.
 *
 * @since 0.1
 */
public interface Callback {

    /** Called before every other hook, before the model is created or restored. */
    default void setup(Trainer trainer, LightningModule module) throws Exception {}

    /** Called after {@link #setup}: the model and its optimizer exist, and are restored if the run resumes. */
    default void onFitStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Called before the sanity check, which runs a few validation batches before training. */
    default void onSanityCheckStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Called after the sanity check; its metrics are discarded. */
    default void onSanityCheckEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** Called before the first epoch. */
    default void onTrainStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Called before the first batch of an epoch. */
    default void onTrainEpochStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Called before the training step of a batch. */
    default void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex)
            throws Exception {}

    /** Called before gradients are set to zero, once per optimizer step. */
    default void onBeforeZeroGrad(Trainer trainer, LightningModule module) throws Exception {}

    /** Called before gradients are computed. */
    default void onBeforeBackward(Trainer trainer, LightningModule module, NDArray loss) throws Exception {}

    /** Called after gradients are computed. */
    default void onAfterBackward(Trainer trainer, LightningModule module) throws Exception {}

    /** Called before the optimizer changes the weights. */
    default void onBeforeOptimizerStep(Trainer trainer, LightningModule module) throws Exception {}

    /** Called after a batch, including its optimizer step. */
    default void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex)
            throws Exception {}

    /** Called after the last batch of an epoch and its validation. */
    default void onTrainEpochEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** Called after the last epoch. */
    default void onTrainEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** Called at the end of a run that succeeds, before {@link #teardown}. */
    default void onFitEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** Called before a validation. */
    default void onValidationStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Called before the first batch of a validation. */
    default void onValidationEpochStart(Trainer trainer, LightningModule module) throws Exception {}

    /** Called before the validation step of a batch. */
    default void onValidationBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex)
            throws Exception {}

    /** Called after the validation step of a batch. */
    default void onValidationBatchEnd(Trainer trainer, LightningModule module, Batch batch, int batchIndex)
            throws Exception {}

    /** Called after the last batch of a validation; metrics logged here still belong to it. */
    default void onValidationEpochEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** Called after a validation, when its metrics are reduced. */
    default void onValidationEnd(Trainer trainer, LightningModule module) throws Exception {}

    /** Called when an exception ends the run. */
    default void onException(Trainer trainer, LightningModule module, Throwable exception) throws Exception {}

    /** Called before a checkpoint is written, to add entries to it. */
    default void onSaveCheckpoint(Trainer trainer, LightningModule module, Checkpoint checkpoint) throws Exception {}

    /**
     * Called after a checkpoint is durable under its name.
     *
     * <p>Loggers report or upload the checkpoint here. Training has continued since the saved step: the call comes with
     * a later hook, on the training thread. A later save that supersedes the checkpoint deletes its file only after
     * this returns, but replaces it before if it has the same name.
     */
    default void onCheckpointCommitted(Trainer trainer, LightningModule module, CommittedCheckpoint checkpoint)
            throws Exception {}

    /** Called after every other hook, whether the fit succeeds or not. */
    default void teardown(Trainer trainer, LightningModule module) {}
}
