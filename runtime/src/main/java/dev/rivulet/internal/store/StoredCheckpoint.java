package dev.rivulet.internal.store;

import com.google.gson.annotations.SerializedName;
import dev.rivulet.checkpoint.Provenance;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A checkpoint's file as a manifest describes it.
 *
 * @param stream name of its stream
 * @param blob the file as it was written
 * @param score exact value of the monitored metric; empty if there is no monitor
 * @param derivation how derived weights were computed; empty for untransformed ones
 * @param weightsOnly whether the file holds untransformed weights without the training state
 */
public record StoredCheckpoint(
        String stream,
        Blob blob,
        OptionalDouble score,
        Optional<Derivation> derivation,
        @SerializedName("weights_only") boolean weightsOnly) {

    /** A derived checkpoint, or one with the training state. */
    public StoredCheckpoint(String stream, Blob blob, OptionalDouble score, Optional<Derivation> derivation) {
        this(stream, blob, score, derivation, false);
    }

    /**
     * A durable file. Until its group is published it has a temporary name in the framework's own folder, then its
     * final path.
     *
     * @param file path in the directory once the group is published
     * @param name name in the framework's own folder until then
     * @param bytes size of the file
     * @param crc32c CRC-32C of the whole file, in the low 32 bits
     */
    public record Blob(String file, @SerializedName("blob") String name, long bytes, long crc32c) {}

    /**
     * How derived weights were computed.
     *
     * @param transform the transforming method or field, such as {@code DigitsModule#halve}
     * @param source name of the stream whose weights were transformed
     * @param sourceDigest digest of those weights, such as {@code crc32c:1a2b3c4d}
     */
    public record Derivation(
            String transform,
            String source,
            @SerializedName("source_digest") String sourceDigest) {

        /**
         * The derivation of a file's weights; empty for untransformed ones.
         *
         * @param file what the file says of itself; a derived one has the digest of its source
         */
        public static Optional<Derivation> of(Provenance file) {
            return file.derivation()
                    .map(from -> new Derivation(
                            from.transform(), from.source(), from.sourceDigest().orElseThrow()));
        }
    }

    /** Whether training can resume from it. */
    public boolean isResumable() {
        return derivation.isEmpty() && !weightsOnly;
    }

    /** Path of the file in the directory once the group is published. */
    public String file() {
        return blob.file();
    }

    /** Size of the file. */
    public long bytes() {
        return blob.bytes();
    }

    /** CRC-32C of the whole file, in the low 32 bits. */
    public long crc32c() {
        return blob.crc32c();
    }
}
