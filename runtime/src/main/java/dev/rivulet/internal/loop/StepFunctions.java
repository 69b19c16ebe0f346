package dev.rivulet.internal.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;

/** What a model computes for a batch. */
public interface StepFunctions {

    /**
     * Computes the loss of a batch, with gradients recorded.
     *
     * @return a scalar
     */
    NDArray trainingStep(Batch batch, int batchIndex) throws Exception;

    /** Computes and logs the metrics of a validation batch, without gradients. */
    void validationStep(Batch batch, int batchIndex) throws Exception;
}
