package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.training.dataset.Batch;

/** A module whose only layer is in two places; it learns to leave its inputs as they are. */
final class TiedModule extends LineModule {

    @Override
    protected Block configureModel() {
        return new TiedBlock();
    }

    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        NDArray outputs = forward(batch.getData()).singletonOrThrow();
        return outputs.sub(inputs(batch)).square().mean();
    }
}
