package dev.rivulet;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a checkpoint comes from.
 *
 * @param stream name of its stream
 * @param derivation how its weights came about; empty for the original ones
 * @param epoch index of the epoch in which it was saved
 * @param globalStep optimizer steps until it was saved
 * @param metrics all metrics at that moment, exact, by name
 * @param inputShapes shapes of the model's inputs, batch dimension included
 * @param version version of the framework that wrote it
 */
public record Provenance(
        String stream,
        Optional<Derivation> derivation,
        int epoch,
        long globalStep,
        Map<String, Double> metrics,
        List<Shape> inputShapes,
        String version) {

    /** The same provenance of derived weights, now that their source is known to the byte. */
    Provenance withSourceDigest(String digest) {
        return new Provenance(
                stream,
                derivation.map(known -> new Derivation(known.transform(), known.source(), Optional.of(digest))),
                epoch,
                globalStep,
                metrics,
                inputShapes,
                version);
    }

    /**
     * How derived weights came about.
     *
     * @param transform the transforming method or field, such as {@code DigitsModule#halve}
     * @param source name of the stream whose weights were transformed
     * @param sourceDigest digest of those weights, such as {@code crc32c:1a2b3c4d}, over the bytes of all tensors in
     *     ascending order of names; empty in a hook, which is called before it is known
     */
    public record Derivation(String transform, String source, Optional<String> sourceDigest) {}
}
