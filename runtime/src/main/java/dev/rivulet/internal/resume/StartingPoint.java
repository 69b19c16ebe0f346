package dev.rivulet.internal.resume;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.internal.save.RunLineage;
import dev.rivulet.internal.state.TrainingComponents;
import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.optim.OptimizerStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Where a fit starts: with a new model, or where another fit was saved. Holds a file open until it is closed. */
public interface StartingPoint extends AutoCloseable {

    /** The beginning. */
    StartingPoint FRESH = new StartingPoint() {};

    /** The file to resume from; empty at the beginning. */
    default Optional<Path> file() {
        return Optional.empty();
    }

    /** Shapes of the model's inputs; empty if they are not known. */
    default List<Shape> inputShapes() {
        return List.of();
    }

    /** The seed that the run had. */
    default OptionalLong seed() {
        return OptionalLong.empty();
    }

    /** What the run adopts of the directory that it saves to. */
    default RunLineage lineage(CheckpointDirectory directory) throws IOException {
        return RunLineage.none();
    }

    /** Restores what the optimizer must find: weights, and which of them are frozen. */
    default void restoreWeights(Network network) throws IOException {}

    /**
     * Reads all else, and verifies all that has been read.
     *
     * @param optimizer whose arrays may be filled
     */
    default void readState(Network network, OptimizerStep optimizer) throws IOException {}

    /** Restores what was read, once the parts exist. */
    default void restoreState(TrainingComponents components) throws IOException {}

    /** What decides on the next saves of streams, by their names. */
    default Map<String, DecisionState> decisions() {
        return Map.of();
    }

    /** What the module's {@code @OnLoadCheckpoint} methods are given; empty at the beginning. */
    default Optional<Checkpoint> checkpoint() {
        return Optional.empty();
    }

    /** Where the loop resumes; empty at the beginning. */
    default Optional<LoopProgress> progress() {
        return Optional.empty();
    }

    @Override
    default void close() throws IOException {}
}
