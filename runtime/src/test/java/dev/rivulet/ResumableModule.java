package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.transform.ExponentialMovingAverage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * All that makes resuming hard: dropout, batch normalization, an optimizer with state, a schedule, a moving average, random
 * numbers of the module's own and an entry. Its registry is written by hand.
 */
public class ResumableModule extends LightningModule {
    @WeightTransform("averaged")
    final ExponentialMovingAverage average = new ExponentialMovingAverage(0.9);

    final List<Double> losses = new ArrayList<>();
    long batches;
    private final Supplier<? extends Optimizer> optimizer;

    /** A module that is trained by what the supplier makes for each fit. */
    public ResumableModule(Supplier<? extends Optimizer> optimizer) {
        this.optimizer = optimizer;
    }

    @Override
    protected Block configureModel() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(8).build())
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(Dropout.builder().optRate(0.3f).build())
                .add(Linear.builder().setUnits(1).build());
    }

    @Override
    protected Optimizer configureOptimizers() {
        return optimizer.get();
    }

    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        float noise = random("noise").nextFloat() / 10;
        NDList inputs = new NDList(batch.getData().head().add(noise));
        NDArray loss = loss(batch, inputs);
        batches++;
        losses.add((double) loss.getFloat());
        log("train_loss", loss);
        logEpochMean("epoch_loss", loss.getFloat());
        return loss;
    }

    /** Without a number in Java's memory, which the garbage collector may free before the backward pass. */
    private NDArray loss(Batch batch, NDList inputs) {
        return batch.getLabels().head().sub(forward(inputs).head()).square().mean();
    }

    @Override
    protected void validationStep(Batch batch, int batchIndex) {
        log("val_loss", loss(batch, batch.getData()));
    }

    @Override
    public void close() {
        average.close();
        super.close();
    }
}
