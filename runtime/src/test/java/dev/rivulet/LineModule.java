package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.optim.SGD;

/** One layer, with nothing that is hard to resume; what a test adds to it is. */
public class LineModule extends LightningModule {

    /** One that is not trained yet. */
    public LineModule() {}

    @Override
    protected Block configureModel() {
        return Linear.builder().setUnits(1).build();
    }

    @Override
    protected Optimizer configureOptimizers() {
        return SGD.builder().lr(0.05).momentum(0.9).build();
    }

    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        NDArray loss = Loss.l2Loss().evaluate(batch.getLabels(), forward(new NDList(inputs(batch))));
        log("train_loss", loss);
        return loss;
    }

    /** What the layer sees. */
    protected NDArray inputs(Batch batch) {
        return batch.getData().head();
    }

    @Override
    protected void validationStep(Batch batch, int batchIndex) {
        log("val_loss", Loss.l2Loss().evaluate(batch.getLabels(), forward(batch.getData())));
    }
}
