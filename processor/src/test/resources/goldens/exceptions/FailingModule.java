package exceptions;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeoutException;

/** Its registry may throw anything where a member declares an exception. */
@SuppressWarnings("NotAModule")
class FailingModule<X extends TimeoutException> {

    private static class Hidden extends IOException {
        private static final long serialVersionUID = 1L;
    }

    @WeightTransform("missing")
    static StateDict missing(StateDict weights) throws FileNotFoundException, UncheckedIOException {
        return weights;
    }

    @WeightTransform("late")
    StateDict late(StateDict weights) throws X, IOException {
        return weights;
    }

    @TransformWhen("late")
    boolean hidden(TransformContext context) throws Hidden {
        return true;
    }

    @OnSaveCheckpoint
    <E extends Exception> void any(Checkpoint checkpoint) throws E {}

    @OnLoadCheckpoint
    void none(Checkpoint checkpoint) throws IllegalStateException {}

    @OnSaveCheckpoint
    <E extends Throwable> void anything(Checkpoint checkpoint) throws E {}

    @WeightTransform("thrown")
    static StateDict thrown(StateDict weights) throws Throwable {
        return weights;
    }

    static class Declared {
        @WeightTransform("declared")
        final StatefulTransform any = null;
    }

    static class Narrowed {
        @WeightTransform("narrowed")
        final Average narrowed = new Average();
    }

    static class Average implements StatefulTransform {
        @Override
        public void update(StateDict weights, long globalStep) {}

        @Override
        public StateDict apply(StateDict weights, TransformContext context) throws IOException {
            return weights;
        }
    }
}
