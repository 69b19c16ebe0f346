package dev.rivulet.hook;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;

/**
 * Hooks that a module overrides to run code during training.
 *
 * <p>Names and order are those of Lightning; all hooks run on the training thread:
 *
 * <pre>{@code
 * onFitStart
 *   onSanityCheckStart  (validation)  onSanityCheckEnd
 *   onTrainStart
 *     onTrainEpochStart
 *       onTrainBatchStart
 *         (training step)  onBeforeZeroGrad  onBeforeBackward  onAfterBackward  onBeforeOptimizerStep
 *       onTrainBatchEnd
 *       (validation, if it is due)
 *     onTrainEpochEnd
 *   onTrainEnd
 * onFitEnd
 *
 * validation: onValidationStart onValidationEpochStart
 *               onValidationBatchStart (validation step) onValidationBatchEnd
 *             onValidationEpochEnd onValidationEnd
 * }</pre>
 *
 * <p>An exception from a hook ends the run, after {@link #onException}.
 *
 * @since 0.1
 */
public interface ModelHooks {

    /** Called first: the model and its optimizer exist, and are restored if the run resumes. */
    default void onFitStart() throws Exception {}

    /** Called before the sanity check, which runs a few validation batches before training. */
    default void onSanityCheckStart() throws Exception {}

    /** Called after the sanity check; its metrics are discarded. */
    default void onSanityCheckEnd() throws Exception {}

    /** Called before the first epoch. */
    default void onTrainStart() throws Exception {}

    /** Called before the first batch of an epoch. */
    default void onTrainEpochStart() throws Exception {}

    /** Called before the training step of a batch. */
    default void onTrainBatchStart(Batch batch, int batchIndex) throws Exception {}

    /** Called before gradients are set to zero, once per optimizer step. */
    default void onBeforeZeroGrad() throws Exception {}

    /** Called before gradients are computed. */
    default void onBeforeBackward(NDArray loss) throws Exception {}

    /** Called after gradients are computed. */
    default void onAfterBackward() throws Exception {}

    /** Called before the optimizer changes the weights. */
    default void onBeforeOptimizerStep() throws Exception {}

    /** Called after a batch, including its optimizer step. */
    default void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {}

    /** Called after the last batch of an epoch and its validation. */
    default void onTrainEpochEnd() throws Exception {}

    /** Called after the last epoch. */
    default void onTrainEnd() throws Exception {}

    /** Called last in a run that succeeds. */
    default void onFitEnd() throws Exception {}

    /** Called before a validation. */
    default void onValidationStart() throws Exception {}

    /** Called before the first batch of a validation. */
    default void onValidationEpochStart() throws Exception {}

    /** Called before the validation step of a batch. */
    default void onValidationBatchStart(Batch batch, int batchIndex) throws Exception {}

    /** Called after the validation step of a batch. */
    default void onValidationBatchEnd(Batch batch, int batchIndex) throws Exception {}

    /** Called after the last batch of a validation; metrics logged here still belong to it. */
    default void onValidationEpochEnd() throws Exception {}

    /** Called after a validation, when its metrics are reduced. */
    default void onValidationEnd() throws Exception {}

    /** Called when an exception ends the run. */
    default void onException(Throwable exception) throws Exception {}
}
