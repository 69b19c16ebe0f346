package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.derive.DerivedWeights;
import dev.rivulet.internal.derive.MutationGuard;
import dev.rivulet.internal.derive.SaveContext;
import dev.rivulet.internal.derive.StreamWeights;
import dev.rivulet.internal.derive.VerifiedTransforms;
import dev.rivulet.internal.file.CheckpointCodec;
import dev.rivulet.internal.file.CheckpointContent;
import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.registry.RuntimeVersion;
import dev.rivulet.registry.StreamDeclaration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Holds the content of the checkpoints that are due at one step boundary. The training thread creates it and calls
 * hooks, then hands it to the writer thread; used by one thread at a time. Owns the snapshot and the memory of derived
 * weights.
 */
final class SaveRequest implements AutoCloseable {
    private final VerifiedTransforms transforms;
    private final Network network;
    private final SaveContext context;
    private final Snapshot snapshot;
    private final Optional<TrainingState> training;
    private final DerivedWeights weights;
    private final Map<String, Checkpoint> described = new HashMap<>();

    /**
     * A request for what is due at this step boundary.
     *
     * @param transforms compute the weights of derived streams
     * @param network the network that is trained
     * @param snapshot the state at this step; closed with this
     * @param training the state of the run, for streams from which training may resume
     */
    SaveRequest(
            VerifiedTransforms transforms,
            Network network,
            SaveContext context,
            Snapshot snapshot,
            Optional<TrainingState> training) {
        this.transforms = transforms;
        this.network = network;
        this.context = context;
        this.snapshot = snapshot;
        this.training = training;
        this.weights = new DerivedWeights(transforms, context, snapshot);
    }

    SaveContext context() {
        return context;
    }

    /** Computes and describes what a due stream saves; balanced by {@link #release}. */
    void prepare(String stream) throws Exception {
        weights.prepare(stream);
        Provenance provenance = new Provenance(
                stream,
                transforms.declaration(stream).transform().map(SaveRequest::derivation),
                new Provenance.Progress(context.epoch(), context.globalStep(), context.metrics()),
                network.inputShapes(),
                RuntimeVersion.current());
        described.put(stream, Checkpoint.toSave(provenance));
    }

    private static Provenance.Derivation derivation(StreamDeclaration.Transform transform) {
        return new Provenance.Derivation(transform.member(), transform.from(), Optional.empty());
    }

    /** The description of a prepared stream's checkpoint, to which hooks add entries. */
    private Checkpoint checkpoint(String stream) {
        return Objects.requireNonNull(described.get(stream), stream);
    }

    /**
     * Calls hooks that may add entries to the checkpoint of a prepared stream, while training waits.
     *
     * @throws dev.rivulet.transform.TransformException if they changed weights, which have been restored
     */
    void callHooks(String stream, SavedRun run) throws Exception {
        String who = "An onSaveCheckpoint hook, called for the stream \"" + stream + "\",";
        Checkpoint checkpoint = checkpoint(stream);
        MutationGuard.watch(snapshot, run.slowCalls(), who, () -> {
            run.hooks().onSaveCheckpoint(checkpoint);
            return checkpoint;
        });
    }

    /** Ends the time in which hooks can add entries, because they may have kept references. */
    void seal() {
        described.replaceAll((stream, checkpoint) -> checkpoint.seal());
    }

    /** Hands this over to the writer thread, which calls it. */
    void handOver() {
        weights.handOver();
    }

    /**
     * The content of a checkpoint's file.
     *
     * @param checkpoint the description, with the entries of hooks
     * @param layout what to write; valid until the stream is released
     */
    record Contents(Checkpoint checkpoint, FileLayout layout) {}

    /** Computes a stream's weights and lays out its file. */
    Contents contents(String stream, CheckpointCodec codec) throws Exception {
        StreamWeights computed = weights.of(stream);
        Checkpoint described = checkpoint(stream);
        Checkpoint checkpoint =
                computed.sourceDigest().map(described::withSourceDigest).orElse(described);
        CheckpointContent content = new CheckpointContent(
                checkpoint,
                computed.weights(),
                aliases(computed.weights().keySet()),
                computed.extraTensors(),
                computed.metadata(),
                codec.isResumable(transforms.declaration(stream)) ? training : Optional.empty());
        return new Contents(checkpoint, codec.layOut(content));
    }

    /** Aliases of weights that the transform has kept. */
    private Map<String, String> aliases(Set<String> names) {
        Map<String, String> left = new LinkedHashMap<>(network.aliases());
        left.values().retainAll(names);
        left.keySet().removeAll(names);
        return left;
    }

    /** Frees what was prepared for a stream. */
    void release(String stream) {
        described.remove(stream);
        weights.release(stream);
    }

    /** Frees all memory. Idempotent. */
    @Override
    public void close() {
        weights.close();
        snapshot.close();
    }
}
