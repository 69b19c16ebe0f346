package dev.rivulet.compatibility;

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
import dev.rivulet.LightningModule;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.StepLR;
import dev.rivulet.transform.ExponentialMovingAverage;
import dev.rivulet.transform.StateDict;
import java.util.List;
import java.util.Map;

/** The module of the recorded runs: each kind of state that a run saves, as small as can be. */
public final class EarlierModule extends LightningModule {
    static final int FEATURES = 3;

    @WeightTransform("averaged")
    final ExponentialMovingAverage average = new ExponentialMovingAverage(0.9);

    private long batches;

    @WeightTransform("halved")
    static StateDict halve(StateDict weights) {
        return weights.map((name, weight) -> weight.mul(0.5f));
    }

    @Override
    protected Block configureModel() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(4).build())
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(Dropout.builder().optRate(0.3f).build())
                .add(Linear.builder().setUnits(1).build());
    }

    @Override
    protected Optimizer configureOptimizers() {
        Adam adam = Adam.builder().lr(0.02).weightDecay(1e-3).build();
        adam.schedule(LrSchedule.of(new StepLR(5, 0.8)).every(1, LrInterval.STEP));
        return adam;
    }

    @Override
    protected Map<String, Object> hyperParameters() {
        return Map.of("rate", 0.3, "units", List.of(4L, 1L), "name", "earlier");
    }

    /** Logs a score that is the same on every processor, so that files have the same names and the same are kept. */
    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        batches++;
        float noise = random("noise").nextFloat() / 10;
        NDArray loss = loss(batch, new NDList(batch.getData().head().add(noise)));
        log("train_loss", loss);
        log("score", globalStep() * 7 % 11 + globalStep() / 100.0);
        logEpochMean("epoch_loss", loss.getFloat());
        return loss;
    }

    @Override
    protected void validationStep(Batch batch, int batchIndex) {
        log("val_loss", loss(batch, batch.getData()));
    }

    private NDArray loss(Batch batch, NDList inputs) {
        return batch.getLabels().head().sub(forward(inputs).head()).square().mean();
    }

    @OnSaveCheckpoint
    void describe(Checkpoint checkpoint) {
        checkpoint.put("batches", batches);
        checkpoint.put("class_names", List.of("zero", "one"));
        checkpoint.put("settings", Map.of("noise", 0.1, "on", true));
    }

    @OnLoadCheckpoint
    void recall(Checkpoint checkpoint) {
        batches = checkpoint.get("batches", Long.class);
    }

    @Override
    public void close() {
        average.close();
        super.close();
    }
}
