package dev.rivulet.internal.resume;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.save.RunLineage;
import dev.rivulet.internal.state.CallbackStates;
import dev.rivulet.internal.state.TrainingComponents;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.optim.OptimizerStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state from which a fit starts: a new model, or a checkpoint, whose file is open until this is closed. For the
 * training thread.
 */
public interface StartingPoint extends AutoCloseable {

    /** The start of a fresh run. */
    StartingPoint FRESH = new StartingPoint() {};

    /** The start of a run, again if it ended before its first checkpoint from which it could resume. */
    StartingPoint RESTART = new StartingPoint() {
        @Override
        public RunLineage lineage(CheckpointDirectory directory) throws IOException {
            return RunLineage.restarted(directory);
        }
    };

    /** The file to resume from; empty for a fresh run. */
    default Optional<Path> file() {
        return Optional.empty();
    }

    /** Shapes of the model's inputs; empty if unknown. */
    default List<Shape> inputShapes() {
        return List.of();
    }

    /** The seed of the saved run; empty if unknown. */
    default OptionalLong seed() {
        return OptionalLong.empty();
    }

    /** What the run adopts from its directory, which is first returned to this point. */
    default RunLineage lineage(CheckpointDirectory directory) throws IOException {
        return RunLineage.none();
    }

    /** Restores what the optimizer needs when it is created: the weights, and which of them are frozen. */
    default void restoreWeights(Network network) throws IOException {}

    /**
     * Reads everything else, and verifies everything that has been read.
     *
     * @param optimizer its arrays may be filled
     */
    default void readState(Network network, OptimizerStep optimizer) throws IOException {}

    /** Restores what was read, once the components exist. */
    default void restoreState(TrainingComponents components) throws IOException {}

    /** Restores the states of callbacks. */
    default void restoreCallbacks(CallbackStates states) {}

    /** The decision states of streams, by name. */
    default Map<String, DecisionState> decisions() {
        return Map.of();
    }

    /** The argument of the module's {@code @OnLoadCheckpoint} methods; empty for a fresh run. */
    default Optional<Checkpoint> checkpoint() {
        return Optional.empty();
    }

    /** The position at which the loop resumes; empty for a fresh run. */
    default Optional<LoopProgress> progress() {
        return Optional.empty();
    }

    @Override
    default void close() throws IOException {}
}
