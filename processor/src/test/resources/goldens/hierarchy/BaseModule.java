package hierarchy;

import dev.rivulet.LightningModule;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;

@CheckpointStream(saveTopK = -1)
@CheckpointStream(value = "hourly", trainTimeInterval = "1h")
abstract class BaseModule extends LightningModule {

    @WeightTransform("halved")
    abstract StateDict halve(StateDict weights);

    @WeightTransform("quartered")
    StateDict quarter(StateDict weights) {
        return weights;
    }

    @TransformWhen("halved")
    boolean warmedUp(TransformContext context) {
        return true;
    }

    @OnSaveCheckpoint
    void describe(Checkpoint checkpoint) {}

    @OnLoadCheckpoint("halved")
    void readBack(Checkpoint checkpoint) {}
}
