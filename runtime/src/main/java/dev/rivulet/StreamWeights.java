package dev.rivulet;

import ai.djl.ndarray.NDManager;
import dev.rivulet.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stream's weights at a save event, with what is saved beside them, in memory that is freed when this is closed. */
final class StreamWeights implements AutoCloseable {
    private final NDManager memory;
    private final StateDict weights;
    private final Optional<String> sourceDigest;
    private final Map<String, Tensor> additions = new LinkedHashMap<>();
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
        additions.putAll(
                StateDict.of(context.tensors(), memory).retainedBy(memory).tensors());
        metadata.putAll(context.metadata());
    }

    StateDict weights() {
        return weights;
    }

    /** Digest of the weights from which these were made; empty for untransformed ones. */
    Optional<String> sourceDigest() {
        return sourceDigest;
    }

    /** Tensors that are saved beside the weights. */
    Map<String, Tensor> additions() {
        return additions;
    }

    /** Metadata that are saved beside the weights. */
    Map<String, String> metadata() {
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
