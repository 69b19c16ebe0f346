package dev.rivulet;

import dev.rivulet.format.FileLayout;
import dev.rivulet.lightning.TrainingState;
import dev.rivulet.registry.RuntimeVersion;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.snapshot.Snapshot;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * A step boundary at which streams are due: what their checkpoints hold. Begins on the training thread, which takes the
 * snapshot and calls hooks, and ends on the writer's.
 */
final class SaveEvent implements AutoCloseable {
    private final StreamGraph graph;
    private final SaveMoment moment;
    private final Snapshot snapshot;
    private final Optional<TrainingState> training;
    private final SnapshotGuard guard;
    private final EventWeights weights;
    private final Network network;

    /**
     * Begins a save event.
     *
     * @param snapshot of this moment; closed with this event
     * @param training the state of the run, for the streams from which it may go on
     * @param network whose weights these are
     */
    SaveEvent(
            StreamGraph graph,
            RegistryChain registries,
            SaveMoment moment,
            Snapshot snapshot,
            Optional<TrainingState> training,
            Network network,
            TransformTrust trust) {
        this.graph = graph;
        this.moment = moment;
        this.snapshot = snapshot;
        this.training = training;
        this.guard = new SnapshotGuard(snapshot);
        this.weights = new EventWeights(graph, registries, moment, snapshot, guard, network.manager(), trust);
        this.network = network;
    }

    SaveMoment moment() {
        return moment;
    }

    /** What a due stream's checkpoint says of itself before hooks have added entries. The stream is released later. */
    Checkpoint prepare(String stream) throws Exception {
        weights.prepare(stream);
        return new Checkpoint(
                new Provenance(
                        stream,
                        graph.stream(stream).transform().map(SaveEvent::derivation),
                        moment.epoch(),
                        moment.globalStep(),
                        moment.metrics(),
                        network.inputShapes(),
                        RuntimeVersion.current()),
                Map.of());
    }

    private static Provenance.Derivation derivation(StreamDeclaration.Transform transform) {
        return new Provenance.Derivation(transform.member(), transform.from(), Optional.empty());
    }

    /** Computes anew on the training thread what another stream's transform has destroyed since. */
    void complete(String stream) throws Exception {
        weights.complete(stream);
    }

    /**
     * Calls hooks that may add entries to a checkpoint, while training waits.
     *
     * @param who for the message
     * @throws TransformException if they changed weights, which are restored then
     */
    void callHooks(String who, Callable<?> hooks) throws Exception {
        guard.watch(who, hooks, () -> {});
    }

    /** From now on the training thread has nothing to do with this event. */
    void handOver() {
        guard.handOver();
    }

    /**
     * A checkpoint's file.
     *
     * @param checkpoint with the entries of hooks
     * @param file ready to be written until the stream is released
     */
    record Contents(Checkpoint checkpoint, FileLayout file) {}

    /** Computes a stream's weights and lays out its file. */
    Contents contents(Checkpoint described) throws Exception {
        StreamDeclaration stream = graph.stream(described.stream());
        StreamWeights computed = weights.of(stream.name());
        Checkpoint checkpoint =
                computed.sourceDigest().map(described::withSourceDigest).orElse(described);
        CheckpointContent content = new CheckpointContent(
                checkpoint,
                computed.weights().tensors(),
                aliases(computed.weights().names()),
                computed.additions(),
                computed.metadata(),
                CheckpointCodecs.isResumable(stream) ? training : Optional.empty());
        return new Contents(checkpoint, CheckpointCodecs.of(stream).layOut(content));
    }

    /** Further names of the weights that a transform has left in. */
    private Map<String, String> aliases(Set<String> names) {
        Map<String, String> left = new LinkedHashMap<>(network.aliases());
        left.values().retainAll(names);
        left.keySet().removeAll(names);
        return left;
    }

    /** A stream has been written. */
    void written(String stream, Path file) {
        weights.written(stream, file);
    }

    /** A prepared stream is done. */
    void release(String stream) {
        weights.release(stream);
    }

    /** Gives back all memory. May be called several times. */
    @Override
    public void close() {
        weights.close();
        guard.close();
        snapshot.close();
    }
}
