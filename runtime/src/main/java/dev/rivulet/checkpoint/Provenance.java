package dev.rivulet.checkpoint;

import ai.djl.ndarray.types.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The origin of a checkpoint: stream, derivation and training progress.
 *
 * @param stream name of its stream
 * @param derivation how its weights were derived; empty for untransformed weights
 * @param progress training progress at the save
 * @param inputShapes shapes of the model's inputs, including the batch dimension
 * @param version version of the framework that wrote it
 * @since 0.1
 */
public record Provenance(
        String stream, Optional<Derivation> derivation, Progress progress, List<Shape> inputShapes, String version) {

    /** Holds a copy of the shapes. */
    public Provenance {
        inputShapes = List.copyOf(inputShapes);
    }

    /** Index of the epoch in which it was saved. */
    public int epoch() {
        return progress.epoch();
    }

    /** Optimizer steps until it was saved. */
    public long globalStep() {
        return progress.globalStep();
    }

    /** All metrics at the save, exact, by name. */
    public Map<String, Double> metrics() {
        return progress.metrics();
    }

    /** The same provenance with the digest of the source. */
    Provenance withSourceDigest(String digest) {
        return new Provenance(
                stream,
                derivation.map(known -> new Derivation(known.transform(), known.source(), Optional.of(digest))),
                progress,
                inputShapes,
                version);
    }

    /**
     * Training progress.
     *
     * @param epoch index of the epoch
     * @param globalStep optimizer steps so far
     * @param metrics all metrics, exact, by name
     * @since 0.1
     */
    public record Progress(int epoch, long globalStep, Map<String, Double> metrics) {
        /** Holds a copy of the metrics, in the same order. */
        public Progress {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }
    }

    /**
     * How weights were derived.
     *
     * @param transform the transforming method or field, such as {@code DigitsModule#halve}
     * @param source name of the stream whose weights were transformed
     * @param sourceDigest digest of those weights, such as {@code crc32c:1a2b3c4d}, over the bytes of all tensors in
     *     ascending order of names; empty in a hook, which runs before it is computed
     * @since 0.1
     */
    public record Derivation(String transform, String source, Optional<String> sourceDigest) {}
}
