package dev.rivulet.examples.digits;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.LightningModule;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.optim.Adam;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.transform.ExponentialMovingAverage;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.util.List;

/** Classifies handwritten digits and saves four checkpoint streams during training. */
@CheckpointStream(
        filename = "original-{epoch}",
        monitor = "val_loss",
        saveTopK = 3,
        saveLast = SaveLast.LINK,
        saveOnException = true)
class DigitsModule extends LightningModule {
    private static final List<String> CLASS_NAMES = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private final Block model = new SequentialBlock()
            .add(convolution(16))
            .add(Activation.reluBlock())
            .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
            .add(convolution(32))
            .add(Activation.reluBlock())
            .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
            .add(Blocks.batchFlattenBlock())
            .add(Linear.builder().setUnits(CLASS_NAMES.size()).build());

    private final Loss crossEntropy = Loss.softmaxCrossEntropyLoss();

    @WeightTransform("averaged")
    @CheckpointStream(filename = "averaged-{step}", monitor = "train_loss", saveTopK = 2, everyNTrainSteps = 30)
    final ExponentialMovingAverage average = new ExponentialMovingAverage(0.98);

    @WeightTransform("transformed")
    @CheckpointStream(
            filename = "transformed-{epoch}-{val_accuracy:.3f}",
            monitor = "val_accuracy",
            mode = Mode.MAX,
            saveTopK = 2)
    static StateDict halve(StateDict weights) {
        return weights.map((name, weight) -> weight.mul(0.5f));
    }

    @WeightTransform(value = "half", from = "averaged")
    @CheckpointStream(filename = "half-{epoch:02d}", everyNEpochs = 2, saveTopK = -1)
    static StateDict roundToHalfPrecision(StateDict weights) {
        return weights.to(Dtype.BF16);
    }

    @TransformWhen("transformed")
    boolean hasLearntSomething(TransformContext context) {
        return context.metric("val_accuracy").orElse(0) > 0.9;
    }

    @OnSaveCheckpoint
    void describe(Checkpoint checkpoint) {
        checkpoint.put("class_names", CLASS_NAMES);
    }

    @OnLoadCheckpoint("transformed")
    void undoHalving(Checkpoint checkpoint) {
        model.getParameters().values().forEach(weight -> weight.getArray().muli(2f));
    }

    @Override
    protected Block configureModel() {
        return model;
    }

    @Override
    protected Optimizer configureOptimizers() {
        return Adam.builder().lr(0.003).build();
    }

    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        NDArray loss = crossEntropy.evaluate(batch.getLabels(), forward(batch.getData()));
        log("train_loss", loss);
        return loss;
    }

    @Override
    protected void validationStep(Batch batch, int batchIndex) {
        NDList logits = forward(batch.getData());
        log("val_loss", crossEntropy.evaluate(batch.getLabels(), logits));
        log("val_accuracy", accuracy(batch.getLabels(), logits));
    }

    /** The fraction of images whose largest logit is that of the label. */
    static float accuracy(NDList labels, NDList logits) {
        NDArray hits = logits.singletonOrThrow().argMax(1).eq(labels.singletonOrThrow());
        return hits.countNonzero().getLong() / (float) hits.size();
    }

    @Override
    public void close() {
        super.close();
        average.close();
    }

    private static Block convolution(int filters) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .setFilters(filters)
                .build();
    }
}
