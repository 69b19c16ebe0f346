package nested;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.transform.StateDict;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.WeightTransform;

@SuppressWarnings("NotAModule")
public class Experiments {

    public static class First {
        @WeightTransform("halved")
        protected static StateDict halve(StateDict weights) {
            return weights;
        }
    }

    class Second {
        @WeightTransform("halved")
        StateDict halve(StateDict weights) {
            return weights;
        }

        final class Third {
            @OnLoadCheckpoint
            void readBack(Checkpoint checkpoint) {}
        }
    }

    public record Settings(int width) {
        @OnSaveCheckpoint
        void save(Checkpoint checkpoint) {}
    }

    enum Size {
        SMALL,
        LARGE;

        @OnSaveCheckpoint
        void save(Checkpoint checkpoint) {}
    }

    public sealed interface Shaped {
        @WeightTransform("shaped")
        static StateDict shape(StateDict weights) {
            return weights;
        }

        @CheckpointStream(dirpath = "flat", saveOnException = true)
        final class Flat implements Shaped {}
    }
}
