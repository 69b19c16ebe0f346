package dev.rivulet.internal.lightning;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.LightningModule;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.optim.TorchOptimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The module of {@code lightning_runs.py}. */
final class TrainedModule extends LightningModule {
    final List<ObservedBatch> observed = new ArrayList<>();
    Map<?, ?> labels = Map.of();
    private final InteropCase settings;
    private final TorchOptimizer optimizer;

    TrainedModule(InteropCase settings) {
        this.settings = settings;
        this.optimizer = settings.optimizer();
    }

    @Override
    protected Block configureModel() {
        return settings.layers();
    }

    @Override
    protected String parameterName(String name) {
        return "model." + name;
    }

    @Override
    protected Optimizer configureOptimizers() {
        return optimizer;
    }

    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        NDArray loss = error(batch);
        log("train_loss", loss);
        double learningRate = optimizer.paramGroups().get(0).learningRate();
        observed.add(new ObservedBatch(currentEpoch(), batchIndex, globalStep(), learningRate, loss.getFloat()));
        return loss;
    }

    @Override
    protected void validationStep(Batch batch, int batchIndex) {
        log("val_loss", error(batch));
    }

    @OnLoadCheckpoint
    void load(Checkpoint checkpoint) {
        labels = checkpoint.get("labels", Map.class);
    }

    private NDArray error(Batch batch) {
        return forward(batch.getData())
                .singletonOrThrow()
                .sub(batch.getLabels().head())
                .square()
                .mean();
    }
}
