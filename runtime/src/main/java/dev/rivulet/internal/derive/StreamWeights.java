package dev.rivulet.internal.derive;

import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.tensor.WeightsDigest;
import dev.rivulet.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The weights of one stream at one save, with the tensors and metadata saved alongside, in memory that user code cannot
 * reach. Owns their memory, unless they are untransformed.
 */
public final class StreamWeights implements AutoCloseable {
    private final Map<String, Tensor> weights;
    private final Map<String, Tensor> extraTensors;
    private final Map<String, String> metadata;
    private final Optional<StreamWeights> source;
    private final List<ResultMemory.Copies> copies;
    private final Supplier<String> digest;

    /** Untransformed weights. */
    StreamWeights(Snapshot snapshot) {
        this.weights = snapshot.weights();
        this.extraTensors = Map.of();
        this.metadata = Map.of();
        this.source = Optional.empty();
        this.copies = List.of();
        this.digest = snapshot::digest;
    }

    /**
     * The result of a transform.
     *
     * @param weights copies of the tensors that it has returned
     * @param extraTensors copies of the tensors that it has put into its context
     */
    StreamWeights(
            StreamWeights source,
            ResultMemory.Copies weights,
            ResultMemory.Copies extraTensors,
            Map<String, String> metadata) {
        this.weights = weights.tensors();
        this.extraTensors = extraTensors.tensors();
        this.metadata = Map.copyOf(metadata);
        this.source = Optional.of(source);
        this.copies = List.of(weights, extraTensors);
        this.digest = () -> WeightsDigest.of(this.weights);
    }

    /** The tensors by name, in order. */
    public Map<String, Tensor> weights() {
        return weights;
    }

    /** Digest of the source weights, computed by this call; empty for untransformed weights. */
    public Optional<String> sourceDigest() {
        return source.map(from -> from.digest.get());
    }

    /** Tensors that are saved in addition to the weights. */
    public Map<String, Tensor> extraTensors() {
        return extraTensors;
    }

    /** Metadata that are saved alongside the weights. */
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public void close() {
        copies.forEach(ResultMemory.Copies::close);
    }
}
