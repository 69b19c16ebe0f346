package hierarchy;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;

/** Replaces policies and one transform, inherits the rest, and builds on it. */
@CheckpointStream(saveTopK = 2, monitor = "val_loss")
@CheckpointStream(value = "hourly", trainTimeInterval = "30m")
abstract class DerivedModule extends BaseModule implements Quantized {

    @Override
    StateDict halve(StateDict weights) {
        return weights;
    }

    @Override
    @WeightTransform(value = "quartered", from = "halved")
    StateDict quarter(StateDict weights) {
        return weights;
    }

    @WeightTransform(value = "eighth", from = "int8")
    StateDict eighth(StateDict weights) {
        return weights;
    }

    @Override
    @TransformWhen("halved")
    boolean warmedUp(TransformContext context) {
        return false;
    }

    @TransformWhen({"int8", "eighth"})
    boolean quantizes(TransformContext context) {
        return true;
    }

    @Override
    @OnSaveCheckpoint
    void describe(Checkpoint checkpoint) {}

    @OnLoadCheckpoint({"halved", "original", "eighth"})
    void readMore(Checkpoint checkpoint) {}
}
