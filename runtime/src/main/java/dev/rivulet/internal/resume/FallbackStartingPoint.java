package dev.rivulet.internal.resume;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.NotResumableException;
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
import java.util.Set;

/**
 * Resumes from the first undamaged one of several checkpoints. Damage may show only while a file is read; the next
 * checkpoint then overwrites what was read. Owns the open checkpoint.
 */
final class FallbackStartingPoint implements StartingPoint {
    private final Candidates candidates;
    private final Lineage lineage;
    private CheckpointStartingPoint current;

    /** The remaining checkpoints. */
    interface Candidates {

        /**
         * Opens the next one.
         *
         * @param failure why the previous one cannot be used
         * @throws NotResumableException if none is left
         */
        CheckpointStartingPoint after(IOException failure);
    }

    /** What a run adopts that resumes from a checkpoint. */
    interface Lineage {

        /** See {@link StartingPoint#lineage}. */
        RunLineage of(CheckpointStartingPoint start, CheckpointDirectory directory) throws IOException;
    }

    /**
     * A starting point.
     *
     * @param first the checkpoint to try first
     * @param candidates those to try after it
     * @param lineage what the run adopts
     */
    FallbackStartingPoint(CheckpointStartingPoint first, Candidates candidates, Lineage lineage) {
        this.current = first;
        this.candidates = candidates;
        this.lineage = lineage;
    }

    @Override
    public void restoreWeights(Network network) throws IOException {
        while (true) {
            try {
                current.restoreWeights(network);
                return;
            } catch (IOException failure) {
                next(failure);
            }
        }
    }

    @Override
    public void readState(Network network, OptimizerStep optimizer) throws IOException {
        while (true) {
            try {
                current.readState(network, optimizer);
                return;
            } catch (IOException failure) {
                Set<String> trained = network.trained();
                next(failure);
                restoreWeights(network);
                requireSameTrained(trained, network.trained());
            }
        }
    }

    /** The optimizer was created for the parameters that were not frozen when the damaged checkpoint was saved. */
    private void requireSameTrained(Set<String> then, Set<String> now) {
        if (!now.equals(then)) {
            throw new NotResumableException("The newest checkpoint is damaged, and when the previous one, "
                    + current.file().orElseThrow() + ", was saved, other parameters were trained: " + now
                    + ", not " + then + ". Resume from it by its path.");
        }
    }

    private void next(IOException failure) throws IOException {
        current.close();
        current = candidates.after(failure);
    }

    @Override
    public Optional<Path> file() {
        return current.file();
    }

    @Override
    public List<Shape> inputShapes() {
        return current.inputShapes();
    }

    @Override
    public OptionalLong seed() {
        return current.seed();
    }

    @Override
    public RunLineage lineage(CheckpointDirectory directory) throws IOException {
        return lineage.of(current, directory);
    }

    @Override
    public void restoreState(TrainingComponents components) throws IOException {
        current.restoreState(components);
    }

    @Override
    public void restoreCallbacks(CallbackStates states) {
        current.restoreCallbacks(states);
    }

    @Override
    public Map<String, DecisionState> decisions() {
        return current.decisions();
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        return current.checkpoint();
    }

    @Override
    public Optional<LoopProgress> progress() {
        return current.progress();
    }

    @Override
    public void close() throws IOException {
        current.close();
    }
}
