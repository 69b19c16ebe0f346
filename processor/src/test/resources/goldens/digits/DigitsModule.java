package digits;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.LightningModule;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;

@CheckpointStream(filename = "original-{epoch}", monitor = "val_loss", saveTopK = 3)
@CheckpointStream(value = "hourly", trainTimeInterval = "1h", saveTopK = -1)
abstract class DigitsModule extends LightningModule {

    @WeightTransform("transformed")
    @CheckpointStream(filename = "transformed-{epoch}", monitor = "val_accuracy", mode = Mode.MAX, saveTopK = 3)
    static StateDict halve(StateDict weights) {
        return weights;
    }

    @WeightTransform("averaged")
    final RunningAverage average = new RunningAverage();

    @WeightTransform(value = "half", from = "averaged")
    @WeightTransform(value = "int8", from = "averaged", strict = false)
    @CheckpointStream(value = "int8", everyNTrainSteps = 500)
    StateDict quantize(StateDict weights, TransformContext context) {
        return weights;
    }

    @TransformWhen({"half", "int8"})
    boolean afterWarmUp(TransformContext context) {
        return true;
    }

    @OnSaveCheckpoint
    void describe(Checkpoint checkpoint) {}

    @OnSaveCheckpoint({"half", "int8"})
    void addScales(Checkpoint checkpoint) {}

    @OnLoadCheckpoint
    void readBack(Checkpoint checkpoint) {}
}

final class RunningAverage implements StatefulTransform {
    @Override
    public void update(StateDict weights, long globalStep) {}

    @Override
    public StateDict apply(StateDict weights, TransformContext context) {
        return weights;
    }
}
