package dev.rivulet.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.rivulet.LightningModule;
import java.util.ArrayList;
import java.util.List;

/** A sequence of square linear layers that learn to output zero; number and width determine the cost of a save. */
class LayersModule extends LightningModule {
    private final Size size;

    /** Number and width of the layers, and the batch size. */
    record Size(int layers, int width, int batchSize) {

        long parameters() {
            return (long) layers * width * (width + 1);
        }

        long byteCount() {
            return parameters() * Float.BYTES;
        }

        /** Size of each tensor in bytes. */
        List<Integer> tensorBytes() {
            List<Integer> bytes = new ArrayList<>();
            for (int i = 0; i < layers; i++) {
                bytes.add(width * width * Float.BYTES);
                bytes.add(width * Float.BYTES);
            }
            return bytes;
        }
    }

    LayersModule(Size size) {
        this.size = size;
    }

    @Override
    protected Block configureModel() {
        SequentialBlock layers = new SequentialBlock();
        for (int i = 0; i < size.layers(); i++) {
            layers.add(Linear.builder().setUnits(size.width()).build());
        }
        return layers;
    }

    @Override
    protected Optimizer configureOptimizers() {
        return Optimizer.sgd().setLearningRateTracker(Tracker.fixed(1e-4f)).build();
    }

    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        return forward(batch.getData()).singletonOrThrow().square().mean();
    }

    @Override
    protected Shape[] exampleInputShapes() {
        return new Shape[] {new Shape(size.batchSize(), size.width())};
    }
}
