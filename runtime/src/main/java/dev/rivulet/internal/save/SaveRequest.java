package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.derive.DerivedWeights;
import dev.rivulet.internal.derive.MutationGuard;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.derive.StreamWeights;
import dev.rivulet.internal.derive.VerifiedTransforms;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointContent;
import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.registry.RuntimeVersion;
import dev.rivulet.registry.StreamDeclaration;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * A step boundary at which streams are due: what their checkpoints hold. Begins on the training thread, which takes the
 * snapshot and calls hooks, and ends on the writer's. Used by one thread at a time.
 */
final class SaveRequest implements AutoCloseable {
    private final VerifiedTransforms transforms;
    private final Network network;
    private final SaveContext moment;
    private final Snapshot snapshot;
    private final Optional<TrainingState> training;
    private final MutationGuard guard;
    private final DerivedWeights weights;
    private final Map<String, Checkpoint> described = new HashMap<>();

    /**
     * Begins with what a step has left.
     *
     * @param transforms that make the weights of derived streams
     * @param network whose weights these are
     * @param snapshot of this moment; closed with this
     * @param training the state of the run, for the streams from which training may resume
     */
    SaveRequest(
            VerifiedTransforms transforms,
            Network network,
            SaveContext moment,
            Snapshot snapshot,
            Optional<TrainingState> training) {
        this.transforms = transforms;
        this.network = network;
        this.moment = moment;
        this.snapshot = snapshot;
        this.training = training;
        this.guard = new MutationGuard(snapshot);
        this.weights = new DerivedWeights(transforms, moment, snapshot, guard);
    }

    SaveContext moment() {
        return moment;
    }

    /** Computes and describes what a due stream saves. The stream is released later. */
    void prepare(String stream) throws Exception {
        weights.prepare(stream);
        Provenance provenance = new Provenance(
                stream,
                transforms.declaration(stream).transform().map(SaveRequest::derivation),
                new Provenance.Progress(moment.epoch(), moment.globalStep(), moment.metrics()),
                network.inputShapes(),
                RuntimeVersion.current());
        described.put(stream, Checkpoint.toSave(provenance));
    }

    private static Provenance.Derivation derivation(StreamDeclaration.Transform transform) {
        return new Provenance.Derivation(transform.member(), transform.from(), Optional.empty());
    }

    /** What a prepared stream's checkpoint says of itself, to which hooks add entries. */
    Checkpoint checkpoint(String stream) {
        return Objects.requireNonNull(described.get(stream), stream);
    }

    /**
     * Calls hooks that may add entries to a checkpoint, while training waits.
     *
     * @param who for the message
     * @throws dev.rivulet.transform.TransformException if they changed weights, which are restored then
     */
    void callHooks(String who, Callable<?> hooks) throws Exception {
        guard.watch(who, hooks, () -> {});
    }

    /** Computes again on the training thread what another stream's transform or hook has destroyed since. */
    void complete(String stream) throws Exception {
        weights.complete(stream);
    }

    /** Takes copies of the entries, which hooks may have kept. */
    void seal() {
        described.replaceAll((stream, checkpoint) -> checkpoint.copy());
    }

    /** From now on the training thread has nothing to do with this. */
    void handOver() {
        guard.handOver();
    }

    /**
     * A checkpoint's file.
     *
     * @param checkpoint with the entries of hooks
     * @param layout ready to be written until the stream is released
     */
    record Contents(Checkpoint checkpoint, FileLayout layout) {}

    /** Computes a stream's weights and lays out its file. */
    Contents contents(String stream) throws Exception {
        StreamWeights computed = weights.of(stream);
        StreamDeclaration declaration = transforms.declaration(stream);
        Checkpoint described = checkpoint(stream);
        Checkpoint checkpoint =
                computed.sourceDigest().map(described::withSourceDigest).orElse(described);
        CheckpointContent content = new CheckpointContent(
                checkpoint,
                computed.weights().tensors(),
                aliases(computed.weights().names()),
                computed.extraTensors(),
                computed.metadata(),
                CheckpointCodecs.isResumable(declaration) ? training : Optional.empty());
        return new Contents(checkpoint, CheckpointCodecs.of(declaration).layOut(content));
    }

    /** Aliases of the weights that a transform has left in. */
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
        described.remove(stream);
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
