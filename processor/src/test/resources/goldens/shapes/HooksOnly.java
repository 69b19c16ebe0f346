package shapes;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.transform.StateDict;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.WeightTransform;

/** One method for two hooks; beside a transform, @OnSaveCheckpoint adds nothing. */
@SuppressWarnings("NotAModule")
public final class HooksOnly {

    @OnSaveCheckpoint
    @OnLoadCheckpoint("original")
    public void both(Checkpoint checkpoint) {}

    static class Beside {
        @OnSaveCheckpoint
        @WeightTransform("halved")
        static StateDict halve(StateDict weights) {
            return weights;
        }
    }
}
