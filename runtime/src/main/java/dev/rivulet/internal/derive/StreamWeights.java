package dev.rivulet.internal.derive;

import ai.djl.ndarray.NDManager;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.transform.TransformException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A stream's weights at one save, with what is saved alongside, in memory that is freed when this is closed. */
public final class StreamWeights implements AutoCloseable {
    private final NDManager memory;
    private final StateDict weights;
    private final Optional<String> sourceDigest;
    private final Map<String, Tensor> extraTensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private @Nullable String digest;

    /** Untransformed weights. */
    StreamWeights(NDManager memory, StateDict weights) {
        this.memory = memory;
        this.weights = weights;
        this.sourceDigest = Optional.empty();
    }

    /** What a transform has returned, and put into its context. */
    StreamWeights(NDManager memory, StateDict weights, String sourceDigest, TransformContext context) {
        this.memory = memory;
        // The arrays may be the transform's own, and closed or changed when the call has ended.
        this.weights = weights.retainedBy(memory);
        this.sourceDigest = Optional.of(sourceDigest);
        extraTensors.putAll(
                StateDict.of(context.tensors(), memory).retainedBy(memory).tensors());
        metadata.putAll(context.metadata());
    }

    /**
     * Refuses a transform's result that is missing or, unless the declaration allows it, has other names or shapes than
     * the source.
     *
     * @throws TransformException naming the transform, the tensor and the remedy
     */
    static void check(StreamDeclaration.Transform transform, StateDict source, StateDict result) {
        if (result == null) {
            throw new TransformException("The transform " + transform.member()
                    + " returned null; return the weights to save, or decide with @TransformWhen whether to save.");
        }
        if (!transform.strict()) {
            return;
        }
        refuse(transform, "dropped", without(source.names(), result.names()));
        refuse(transform, "added", without(result.names(), source.names()));
        for (String name : source.names()) {
            var expected = source.tensor(name).shape();
            var actual = result.tensor(name).shape();
            if (!actual.equals(expected)) {
                throw new TransformException("The transform " + transform.member() + " changed the shape of \"" + name
                        + "\" from " + expected + " to " + actual + ";" + remedy());
            }
        }
    }

    private static void refuse(StreamDeclaration.Transform transform, String what, Set<String> names) {
        if (!names.isEmpty()) {
            throw new TransformException(
                    "The transform " + transform.member() + " " + what + " " + names + ";" + remedy());
        }
    }

    private static String remedy() {
        return " if that is meant, declare it with @WeightTransform(…, strict = false).";
    }

    private static Set<String> without(Set<String> names, Set<String> removed) {
        Set<String> rest = new TreeSet<>(names);
        rest.removeAll(removed);
        return rest;
    }

    public StateDict weights() {
        return weights;
    }

    /** Digest of the weights from which these were made; empty for untransformed ones. */
    public Optional<String> sourceDigest() {
        return sourceDigest;
    }

    /** Tensors that are saved in addition to the weights. */
    public Map<String, Tensor> extraTensors() {
        return extraTensors;
    }

    /** Metadata that are saved alongside the weights. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Digest of the weights as they were when it was first asked for. */
    String digest() {
        if (digest == null) {
            digest = weights.digest();
        }
        return digest;
    }

    /** Whether somebody has written into the weights since the digest was first asked for. */
    boolean isChanged() {
        return digest != null && !digest.equals(weights.digest());
    }

    @Override
    public void close() {
        memory.close();
    }
}
