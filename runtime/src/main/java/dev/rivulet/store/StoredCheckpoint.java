package dev.rivulet.store;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A checkpoint's file as a manifest describes it.
 *
 * @param stream name of its stream
 * @param file path of the file
 * @param blob name in the framework's own folder under which the file was written, and which it has until the group is
 *     published
 * @param bytes size of the file
 * @param crc32c CRC-32C of the whole file, in the low 32 bits
 * @param score exact value of the monitored metric; empty without a monitor
 * @param derivation how derived weights came about; empty for untransformed ones
 */
public record StoredCheckpoint(
        String stream,
        String file,
        String blob,
        long bytes,
        long crc32c,
        OptionalDouble score,
        Optional<Derivation> derivation) {

    /**
     * How derived weights came about.
     *
     * @param transform the transforming method or field, such as {@code DigitsModule#halve}
     * @param source name of the stream whose weights were transformed
     * @param sourceDigest digest of those weights, such as {@code crc32c:1a2b3c4d}
     */
    public record Derivation(String transform, String source, String sourceDigest) {}
}
