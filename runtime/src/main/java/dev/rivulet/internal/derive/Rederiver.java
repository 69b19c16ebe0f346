package dev.rivulet.internal.derive;

import ai.djl.ndarray.NDManager;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.NotRederivableException;
import dev.rivulet.checkpoint.Phase;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.checkpoint.Rederivation;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.internal.engine.TorchEngine;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.file.FileVerifier;
import dev.rivulet.internal.tensor.WeightsDigest;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes a derived checkpoint from the file of its source, and compares the two. For one thread.
 *
 * <p>Files do not record the phase of training in which they were saved, and a transform may depend on it, so every
 * phase is tried until one gives the same bytes.
 */
public final class Rederiver {
    private final Path derived;
    private final Path source;
    private final Class<?> declaring;
    private final DeclaredStreams registries;

    public Rederiver(Path derived, Path source, Class<?> declaring) {
        this.derived = derived;
        this.source = source;
        this.declaring = declaring;
        this.registries = DeclaredStreams.withoutModule(declaring);
    }

    /** The verified content of a file. */
    private record Content(
            Checkpoint checkpoint,
            Map<String, Tensor> weights,
            Map<String, Tensor> extraTensors,
            Map<String, String> metadata) {

        static Content read(Path path) throws IOException {
            try (CheckpointFile file = CheckpointCodecs.open(path)) {
                FileVerifier.withManifests(path).check(file);
                return new Content(
                        file.describe(),
                        tensors(file, file.weights().keySet()),
                        tensors(file, file.extraTensors()),
                        file.metadata());
            }
        }

        private static Map<String, Tensor> tensors(CheckpointFile file, Set<String> names) throws IOException {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (String name : names) {
                tensors.put(name, file.read(name));
            }
            return tensors;
        }

        Map<String, Tensor> tensors() {
            Map<String, Tensor> tensors = new LinkedHashMap<>(weights);
            tensors.putAll(extraTensors);
            return tensors;
        }

        Provenance provenance() {
            return checkpoint.provenance();
        }
    }

    /** The result of a chain of transforms, with the tensors and metadata that the last one adds. */
    private record Result(Map<String, Tensor> tensors, Map<String, String> metadata) {}

    public Rederivation run() throws IOException {
        Content expected = Content.read(derived);
        Content from = Content.read(source);
        List<StreamDeclaration> chain = chain(expected.provenance(), from.provenance());
        requireSameStep(expected.provenance(), from.provenance());
        Optional<String> difference = firstDifference(expected, from, chain);
        return new Rederivation(
                derived, source, chain.stream().map(Rederiver::member).toList(), difference);
    }

    private Optional<String> firstDifference(Content expected, Content from, List<StreamDeclaration> chain)
            throws IOException {
        Optional<String> first = Optional.empty();
        @Nullable NotRederivableException refusal = null;
        for (Phase phase : Phase.values()) {
            try {
                Optional<String> found = difference(expected, from, chain, phase);
                if (found.isEmpty()) {
                    return found;
                }
                first = first.or(() -> found);
            } catch (NotRederivableException e) {
                refusal = e; // In a chain, another phase may give another source.
            }
        }
        if (first.isEmpty() && refusal != null) {
            throw refusal;
        }
        return first;
    }

    /** The transforms between the two files, in the order in which they run. */
    private List<StreamDeclaration> chain(Provenance expected, Provenance from) {
        Deque<StreamDeclaration> chain = new ArrayDeque<>();
        String stream = expected.stream();
        while (!stream.equals(from.stream())) {
            StreamDeclaration link = registries.declarations().get(stream);
            if (link == null || link.transform().isEmpty()) {
                throw new NotRederivableException(declaring.getName() + " declares no transforms that derive \""
                        + expected.stream() + "\" of " + derived + " from \"" + from.stream() + "\" of " + source
                        + "; pass a file of one of its source streams, and the class that declares both.");
            }
            requireStatic(link.transform().get());
            chain.addFirst(link);
            stream = link.transform().get().from();
        }
        if (chain.isEmpty()) {
            throw new NotRederivableException(derived + " and " + source + " both belong to the stream \"" + stream
                    + "\"; pass the file from which the derived one was computed.");
        }
        return List.copyOf(chain);
    }

    private void requireStatic(StreamDeclaration.Transform transform) {
        if (transform.execution() != Execution.STATIC) {
            throw new NotRederivableException("The transform " + transform.member()
                    + " is not static: it sees its module, or follows training, so that " + derived
                    + " cannot be computed from the weights alone. Pass the file of a stream after it as the source.");
        }
    }

    private void requireSameStep(Provenance expected, Provenance from) {
        if (expected.epoch() != from.epoch() || expected.globalStep() != from.globalStep()) {
            throw new NotRederivableException(derived + " was saved in epoch " + expected.epoch() + " at step "
                    + expected.globalStep() + ", but " + source + " in epoch " + from.epoch() + " at step "
                    + from.globalStep() + "; pass the source of the same save.");
        }
    }

    private Optional<String> difference(Content expected, Content from, List<StreamDeclaration> chain, Phase phase)
            throws IOException {
        Provenance at = expected.provenance();
        SaveContext context = new SaveContext(phase, at.epoch(), at.globalStep(), at.metrics());
        try (NDManager memory = TorchEngine.get().newBaseManager()) {
            Result result =
                    GradientMode.callWithoutGradients(() -> transformed(expected, from, chain, context, memory));
            return difference(expected, result);
        } catch (RuntimeException | IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(
                    "A transform of " + declaring.getName() + " failed on the weights of " + source + ": " + e, e);
        }
    }

    private Result transformed(
            Content expected, Content source, List<StreamDeclaration> chain, SaveContext context, NDManager memory)
            throws Exception {
        Map<String, Tensor> current = source.weights();
        Map<String, Tensor> added = Map.of();
        Map<String, String> metadata = Map.of();
        for (StreamDeclaration link : chain) {
            if (link.name().equals(expected.provenance().stream())) {
                requireSource(expected.provenance(), WeightsDigest.of(current));
            }
            StreamDeclaration.Transform transform = link.transform().orElseThrow();
            TransformContext transformContext = context.transformContext(link.name(), transform.from(), memory);
            StateDict argument = StateDict.ofTensors(current, memory);
            StateDict result = registries.transform(link.name(), argument, transformContext);
            current = TransformResult.checked(transform, current, result, memory);
            added = StateDict.of(transformContext.tensors(), memory).views(memory);
            metadata = transformContext.metadata();
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>(current);
        tensors.putAll(added);
        return new Result(tensors, metadata);
    }

    private void requireSource(Provenance expected, String digest) {
        String recorded = expected.derivation()
                .flatMap(Provenance.Derivation::sourceDigest)
                .orElse("nothing");
        if (!recorded.equals(digest)) {
            throw new NotRederivableException(derived + " was computed from weights with the digest " + recorded
                    + ", but those of " + source + " give " + digest
                    + "; pass the source of the same save of the same run.");
        }
    }

    private static Optional<String> difference(Content expected, Result result) {
        TreeSet<String> names = new TreeSet<>(expected.tensors().keySet());
        names.addAll(result.tensors().keySet());
        for (String name : names) {
            Tensor inFile = expected.tensors().get(name);
            Tensor computed = result.tensors().get(name);
            if (inFile == null || computed == null) {
                return Optional.of(
                        "The tensor \"" + name + "\" is only " + (inFile == null ? "computed." : "in the file."));
            }
            if (!inFile.contentEquals(computed)) {
                return Optional.of("The tensor \"" + name + "\" is " + inFile + " in the file, " + computed
                        + " when recomputed, with other bytes.");
            }
        }
        return result.metadata().entrySet().stream()
                .filter(entry -> !entry.getValue().equals(expected.metadata().get(entry.getKey())))
                .map(entry ->
                        "The metadata \"" + entry.getKey() + "\" are \"" + entry.getValue() + "\" when recomputed.")
                .findFirst();
    }

    private static String member(StreamDeclaration link) {
        return link.transform().map(StreamDeclaration.Transform::member).orElse("");
    }
}
