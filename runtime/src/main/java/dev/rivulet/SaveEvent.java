package dev.rivulet;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.format.SafetensorsWriter;
import dev.rivulet.registry.RuntimeVersion;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.snapshot.Snapshot;
import dev.rivulet.store.CheckpointDirectory;
import dev.rivulet.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * The saves of all streams that are due at one step boundary, from one snapshot. Weights of a stream are computed once,
 * whether the stream is due itself, is the source of one that is, or both.
 */
final class SaveEvent implements AutoCloseable {
    private final StreamGraph graph;
    private final RegistryChain registries;
    private final SaveMoment moment;
    private final Snapshot snapshot;
    private final Workspace workspace;
    private final List<Shape> inputShapes;
    private final Map<String, Computed> computed = new HashMap<>();

    /**
     * Begins a save event.
     *
     * @param snapshot of this moment
     * @param workspace closed with this event
     */
    SaveEvent(
            StreamGraph graph,
            RegistryChain registries,
            SaveMoment moment,
            Snapshot snapshot,
            Workspace workspace,
            List<Shape> inputShapes) {
        this.graph = graph;
        this.registries = registries;
        this.moment = moment;
        this.snapshot = snapshot;
        this.workspace = workspace;
        this.inputShapes = inputShapes;
    }

    /**
     * Weights, with what is saved beside them.
     *
     * @param digest of the weights, without the additions
     * @param additions metadata and tensors that the transform has put into its context
     */
    private record Computed(
            StateDict weights, String digest, Optional<Provenance.Derivation> derivation, TransformContext additions) {}

    /** What a stream's checkpoint holds beside the weights, before hooks have added entries. */
    Checkpoint checkpoint(String stream) throws Exception {
        return new Checkpoint(
                new Provenance(
                        stream,
                        computed(graph.stream(stream)).derivation(),
                        moment.epoch(),
                        moment.globalStep(),
                        moment.metrics(),
                        inputShapes,
                        RuntimeVersion.current()),
                Map.of());
    }

    /**
     * Writes a stream's file.
     *
     * @param path relative to the directory, with extension
     */
    void write(Checkpoint checkpoint, CheckpointDirectory directory, String path) throws Exception {
        Computed source = computed(graph.stream(checkpoint.stream()));
        Map<String, Tensor> tensors = new LinkedHashMap<>(source.weights().tensors());
        Map<String, Tensor> additions = additions(source, tensors);
        Map<String, String> metadata = CheckpointMetadata.write(checkpoint, additions.keySet());
        tensors.putAll(additions);
        source.additions().metadata().forEach((key, value) -> {
            if (metadata.putIfAbsent(key, value) != null) {
                throw new TransformException("The transform of the stream \"" + checkpoint.stream()
                        + "\" puts metadata under \"" + key + "\", which is taken; choose another key.");
            }
        });
        SafetensorsWriter writer = SafetensorsWriter.of(tensors, metadata);
        directory.write(path, writer::writeTo);
    }

    private Map<String, Tensor> additions(Computed source, Map<String, Tensor> weights) {
        Map<String, Tensor> additions = new LinkedHashMap<>();
        source.additions().tensors().forEach((name, array) -> {
            if (weights.containsKey(name)) {
                throw new TransformException("The transform of the stream \""
                        + source.additions().stream() + "\" adds a tensor \"" + name
                        + "\", but a weight has that name; choose another one.");
            }
            additions.put(name, workspace.retain(array));
        });
        return additions;
    }

    private Computed computed(StreamDeclaration stream) throws Exception {
        Computed known = computed.get(stream.name());
        if (known == null) {
            known = stream.transform().isPresent()
                    ? transformed(stream, stream.transform().get())
                    : untransformed(stream.name());
            computed.put(stream.name(), known);
        }
        return known;
    }

    private Computed untransformed(String stream) {
        StateDict weights = StateDict.ofTensors(workspace, snapshot.tensors());
        return new Computed(
                weights,
                digest(weights),
                Optional.empty(),
                new TransformContext(stream, stream, moment, workspace.manager()));
    }

    private Computed transformed(StreamDeclaration stream, StreamDeclaration.Transform transform) throws Exception {
        StreamDeclaration from = graph.stream(transform.from());
        Computed source = computed(from);
        TransformContext context = new TransformContext(stream.name(), from.name(), moment, workspace.manager());
        // Arrays of its own, over the same memory: a transform may close what it was given, and others need it still.
        StateDict argument = StateDict.ofTensors(workspace, source.weights().tensors());
        StateDict result = guarded(
                () -> registries.transform(stream.name(), argument, context), () -> refuseChange(stream, from, source));
        TransformChecks.check(transform, source.weights(), result);
        return new Computed(
                result,
                digest(result),
                Optional.of(new Provenance.Derivation(transform.member(), from.name(), source.digest())),
                context);
    }

    /**
     * Calls hooks that may add entries to a checkpoint.
     *
     * @throws TransformException if they changed weights, which are restored then
     */
    void callHooks(String stream, Hooks hooks) throws Exception {
        guarded(
                () -> {
                    hooks.call();
                    return stream;
                },
                () -> refuseChange("An onSaveCheckpoint hook, called for the stream \"" + stream + "\","));
    }

    /** Foreign code that adds entries to a checkpoint. */
    @FunctionalInterface
    interface Hooks {
        void call() throws Exception;
    }

    /** Runs foreign code, then puts right what it wrote where it must not, also if it fails half way. */
    private static <T> T guarded(Callable<T> foreign, Runnable refuseChange) throws Exception {
        T result;
        try {
            result = foreign.call();
        } catch (Throwable failure) {
            try {
                refuseChange.run();
            } catch (RuntimeException change) {
                failure.addSuppressed(change);
            }
            throw failure;
        }
        refuseChange.run();
        return result;
    }

    /** Restores what foreign code wrote into the snapshot or into the live weights. */
    private void refuseChange(String who) {
        snapshot.repairWithLive().ifPresent(name -> {
            throw changed(who, "\"" + name + "\"");
        });
    }

    /** A transform is a function: what it was given is the same after it. */
    private void refuseChange(StreamDeclaration stream, StreamDeclaration from, Computed source) {
        String who = "The transform of the stream \"" + stream.name() + "\"";
        refuseChange(who);
        if (!digest(source.weights()).equals(source.digest())) {
            computed.remove(from.name());
            throw changed(who, "the weights of \"" + from.name() + "\"");
        }
    }

    private static TransformException changed(String who, String what) {
        return new TransformException(who + " changed " + what + " in place. The weights have been restored."
                + " Use operations that return a new array, such as mul instead of muli.");
    }

    private static String digest(StateDict weights) {
        return "crc32c:%08x".formatted(weights.crc32c());
    }

    @Override
    public void close() {
        workspace.close();
    }
}
