package names;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;

/** A class called like a parameter of the registry, in a package that hides java.lang.String. */
@SuppressWarnings("NotAModule")
class weights {

    @WeightTransform("8.bit")
    static StateDict yield(StateDict weights) {
        return weights;
    }

    @WeightTransform("8bit-fast")
    static StateDict $(StateDict weights) {
        return weights;
    }

    @WeightTransform("streams")
    StateDict record(StateDict module) {
        return module;
    }

    @WeightTransform("valLoss")
    synchronized StateDict größe(StateDict stream, TransformContext context) {
        return stream;
    }

    @TransformWhen("streams")
    static boolean when(TransformContext context) {
        return true;
    }

    @OnSaveCheckpoint
    final void var(Checkpoint checkpoint) {}

    /** A class called like the constants of streams. */
    static class LIST {
        @WeightTransform("list")
        static StateDict list(StateDict weights) {
            return weights;
        }
    }
}
