package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;

/** A linear model without annotations, for {@link Points}. */
class PlaneModule extends LightningModule {

    @Override
    protected Block configureModel() {
        return Linear.builder().setUnits(1).build();
    }

    @Override
    protected Optimizer configureOptimizers() {
        return Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)).build();
    }

    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        NDArray loss = loss(batch);
        log("train_loss", loss);
        return loss;
    }

    @Override
    protected void validationStep(Batch batch, int batchIndex) {
        log("val_loss", loss(batch));
    }

    NDArray loss(Batch batch) {
        NDList predictions = forward(batch.getData());
        return Loss.l2Loss().evaluate(batch.getLabels(), predictions);
    }
}
