package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hooks that run during training, in addition to the module's own.
 *
 * <p>Names and order are those of Lightning. All hooks run on the training thread; an exception from a hook ends the
 * run.
 *
 * <p>{@link Trainer} reports the state of training: {@code trainer.currentEpoch()}, {@code trainer.globalStep()},
 * {@code trainer.callbackMetrics()}. {@code trainer.stop()} ends training after the current batch and its validation.
 *
 * <p>A callback whose hooks depend on earlier calls saves what it remembers, so that a resumed run continues exactly:
 *
 * <pre>{@code
 * final class StopWithoutProgress implements Callback {
 *     private double best = Double.POSITIVE_INFINITY;
 *     private int waited;
 *
 *     @Override
 *     public void onValidationEnd(Trainer trainer, LightningModule module) {
 *         double loss = trainer.callbackMetrics().get("val_loss");
 *         waited = loss < best ? 0 : waited + 1;
 *         best = Math.min(best, loss);
 *         if (waited == 3) {
 *             trainer.stop();
 *         }
 *     }
 *
 *     @Override
 *     public Map<String, Object> stateDict() {
 *         return Map.of("best", best, "waited", waited);
 *     }
 *
 *     @Override
 *     public void loadStateDict(Map<String, Object> state) {
 *         best = (Double) state.get("best");
 *         waited = Math.toIntExact((Long) state.get("waited"));
 *     }
 * }
 * }</pre>
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

    /**
     * The key of {@link #stateDict} among the {@code callbacks} of a checkpoint; by default the name of the class. Two
     * callbacks of one class that both have state need different keys.
     */
    default String stateKey() {
        return getClass().getName();
    }

    /**
     * What the callback remembers of the run; by default nothing. Called for each checkpoint from which training can
     * resume, on the training thread after the hooks of the same step; an exception ends the run. If a validation is
     * interrupted, which a resumed run repeats, the state from before it is saved.
     *
     * @return strings, booleans, numbers, null, {@link dev.rivulet.tensor.Tensor}s, and lists and maps of these; copied
     */
    default Map<String, @Nullable Object> stateDict() throws Exception {
        return Map.of();
    }

    /**
     * Restores a {@link #stateDict} when a run resumes, before {@link #onFitStart}; not called if the checkpoint has
     * none under {@link #stateKey}. An exception ends the fit before training.
     *
     * @param state what was saved, with {@code Long} for integers and {@code Double} for other numbers
     */
    default void loadStateDict(Map<String, @Nullable Object> state) throws Exception {}

    /** Called before a checkpoint is written, to add entries to it. */
    default void onSaveCheckpoint(Trainer trainer, LightningModule module, Checkpoint checkpoint) throws Exception {}

    /**
     * Called when a run resumes, after the module's {@code @OnLoadCheckpoint} and before {@link #loadStateDict}; all
     * other state is restored. An exception ends the fit before training.
     *
     * @param checkpoint with the entries of {@link #onSaveCheckpoint}
     */
    default void onLoadCheckpoint(Trainer trainer, LightningModule module, Checkpoint checkpoint) throws Exception {}

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
