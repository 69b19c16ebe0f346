package dev.rivulet.internal.lightning;

import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.optim.Adagrad;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.AdamW;
import dev.rivulet.optim.CosineAnnealingLR;
import dev.rivulet.optim.ExponentialLR;
import dev.rivulet.optim.LinearLR;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.LrScheduler;
import dev.rivulet.optim.MultiStepLR;
import dev.rivulet.optim.OneCycleLR;
import dev.rivulet.optim.RMSprop;
import dev.rivulet.optim.ReduceLROnPlateau;
import dev.rivulet.optim.SGD;
import dev.rivulet.optim.SequentialLR;
import dev.rivulet.optim.StepLR;
import dev.rivulet.optim.TorchOptimizer;
import java.util.List;
import java.util.Locale;

/**
 * The cases of {@code lightning_runs.py}: how a model is trained, and at which position its run moves to the other
 * framework.
 */
enum InteropCase {
    SGD(Position.BATCH_END, 1, 4),
    ADAM(Position.VALIDATION_END, 1, 3),
    ADAMW(Position.EPOCH_END, 2, 7),
    RMSPROP(Position.BATCH_END, 1, 7),
    ADAGRAD(Position.BATCH_START, 1, 2),
    PLATEAU(Position.TRAIN_END, 2, 7),
    ACCUMULATING(Position.BATCH_END, 1, 3),
    LINEAR(Position.BATCH_END, 0, 0);

    private final Position position;
    private final int epoch;
    private final int batch;

    InteropCase(Position position, int epoch, int batch) {
        this.position = position;
        this.epoch = epoch;
        this.batch = batch;
    }

    Position position() {
        return position;
    }

    /** Number of batches up to the position. */
    int batches() {
        return epoch * TrainedNet.BATCHES + batch + 1;
    }

    /** The name in Python. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    String file() {
        return key() + ".ckpt";
    }

    String report() {
        return key() + ".json";
    }

    /** The field {@code model} in {@code lightning_runs.py}. */
    Block layers() {
        SequentialBlock layers =
                new SequentialBlock().add(Linear.builder().setUnits(16).build());
        if (isNormalized()) {
            layers.add(BatchNorm.builder().build());
        }
        return layers.add(Activation::tanh).add(Linear.builder().setUnits(1).build());
    }

    private boolean isNormalized() {
        return this == ADAM || this == ADAMW || this == ACCUMULATING;
    }

    int accumulated() {
        return this == ACCUMULATING ? 2 : 1;
    }

    TorchOptimizer optimizer() {
        TorchOptimizer optimizer = switch (this) {
            case SGD ->
                dev.rivulet
                        .optim
                        .SGD
                        .builder()
                        .lr(0.05)
                        .momentum(0.9)
                        .nesterov(true)
                        .weightDecay(0.01)
                        .build();
            case ADAM -> Adam.builder().lr(0.001).build();
            case ADAMW -> AdamW.builder().lr(0.01).amsgrad(true).build();
            case RMSPROP ->
                RMSprop.builder().lr(0.002).momentum(0.5).centered(true).build();
            case ADAGRAD -> Adagrad.builder().lr(0.05).build();
            case PLATEAU ->
                dev.rivulet.optim.SGD.builder().lr(0.1).momentum(0.9).build();
            case ACCUMULATING ->
                dev.rivulet.optim.SGD.builder().lr(0.05).momentum(0.9).build();
            case LINEAR -> Adam.builder().lr(0.01).betas(0.8, 0.99).build();
        };
        boolean byEpochs = this == ADAMW || this == RMSPROP || this == PLATEAU;
        LrSchedule schedule = LrSchedule.of(scheduler()).every(1, byEpochs ? LrInterval.EPOCH : LrInterval.STEP);
        optimizer.schedule(this == PLATEAU ? schedule.monitor("train_loss") : schedule);
        return optimizer;
    }

    private LrScheduler scheduler() {
        return switch (this) {
            case SGD -> new StepLR(7, 0.8);
            case ADAM -> new OneCycleLR(0.02, 200);
            case ADAMW -> new CosineAnnealingLR(10);
            case RMSPROP -> new MultiStepLR(List.of(1, 4), 0.5);
            case ADAGRAD ->
                new SequentialLR(List.of(new LinearLR(0.5, 5), new MultiStepLR(List.of(3, 20), 0.7)), List.of(5));
            case PLATEAU -> ReduceLROnPlateau.builder().factor(0.5).patience(0).build();
            case ACCUMULATING -> new ExponentialLR(0.97);
            case LINEAR -> new LinearLR(0.1, 20);
        };
    }
}
