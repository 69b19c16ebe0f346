package dev.rivulet.hook;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;

/**
 * Hooks that a module overrides to run its own code at chosen moments of training. Names and order are Lightning's; all run
 * on the training thread:
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
 * <p>An exception from any of them ends the run, after {@link #onException}.
 */
public interface ModelHooks {

    /** First of all: the model and its optimizer are ready, and restored if the run resumes. */
    default void onFitStart() throws Exception {}

    /** Before the validation batches that only check that validation works. */
    default void onSanityCheckStart() throws Exception {}

    /** After those batches; what they logged is discarded. */
    default void onSanityCheckEnd() throws Exception {}

    /** Before the first epoch. */
    default void onTrainStart() throws Exception {}

    /** Before the first batch of an epoch. */
    default void onTrainEpochStart() throws Exception {}

    /** Before a batch's training step. */
    default void onTrainBatchStart(Batch batch, int batchIndex) throws Exception {}

    /** Before gradients are set to zero, once per optimizer step. */
    default void onBeforeZeroGrad() throws Exception {}

    /** Before gradients are computed. */
    default void onBeforeBackward(NDArray loss) throws Exception {}

    /** After gradients were computed. */
    default void onAfterBackward() throws Exception {}

    /** Before the optimizer changes the weights. */
    default void onBeforeOptimizerStep() throws Exception {}

    /** After a batch, its optimizer step included. */
    default void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {}

    /** After the last batch of an epoch and the validation that follows it. */
    default void onTrainEpochEnd() throws Exception {}

    /** After the last epoch. */
    default void onTrainEnd() throws Exception {}

    /** After everything else of a run that succeeded. */
    default void onFitEnd() throws Exception {}

    /** Before a validation. */
    default void onValidationStart() throws Exception {}

    /** Before the first batch of a validation. */
    default void onValidationEpochStart() throws Exception {}

    /** Before a batch's validation step. */
    default void onValidationBatchStart(Batch batch, int batchIndex) throws Exception {}

    /** After a batch's validation step. */
    default void onValidationBatchEnd(Batch batch, int batchIndex) throws Exception {}

    /** After the last batch of a validation; what is logged here still belongs to it. */
    default void onValidationEpochEnd() throws Exception {}

    /** After a validation, its metrics reduced. */
    default void onValidationEnd() throws Exception {}

    /** When a run ends by an exception. */
    default void onException(Throwable exception) throws Exception {}
}
