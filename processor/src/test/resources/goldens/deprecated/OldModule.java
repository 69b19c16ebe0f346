package deprecated;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;

/** Suppresses what naming its deprecated members would cause, method by method. */
@SuppressWarnings("NotAModule")
public class OldModule {

    @Deprecated
    @WeightTransform("old")
    static StateDict old(StateDict weights) {
        return weights;
    }

    @Deprecated(forRemoval = true)
    @WeightTransform("older")
    static StateDict older(StateDict weights) {
        return weights;
    }

    @Deprecated
    @WeightTransform("averaged")
    public final StatefulTransform average = null;

    @TransformWhen("old")
    boolean current(TransformContext context) {
        return true;
    }

    @Deprecated(forRemoval = true)
    @OnSaveCheckpoint
    void describe(Checkpoint checkpoint) {}

    @OnLoadCheckpoint
    void readBack(Checkpoint checkpoint) {}

    /** Suppresses on the whole registry, which names it in every signature. */
    @Deprecated
    public static class Oldest {
        @Deprecated
        @WeightTransform("oldest")
        static StateDict oldest(StateDict weights) {
            return weights;
        }
    }
}
