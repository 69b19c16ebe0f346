package dev.rivulet.internal.file;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.checkpoint.Provenance;
import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.lightning.LightningEntries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Converts a {@link Provenance} to and from the entries that all file formats store under {@value
 * LightningEntries#OWN}.
 *
 * <pre>{@code
 * version        "0.1.0"                    of the framework
 * stream         "half"
 * kind           "derived", or "original"
 * transform      "DigitsModule#toHalf"      only if derived, like the next two
 * source         "averaged"
 * source_digest  "crc32c:0123abcd"
 * epoch          7
 * global_step    1200
 * metrics        {"val_loss": 0.1}
 * input_shapes   [[32, 1, 28, 28]]
 * }</pre>
 */
final class ProvenanceCodec {
    /** In addition to the provenance: the user's entries. */
    static final String ENTRIES = "entries";

    /** In addition to the provenance: the tensors that are not weights. */
    static final String EXTRA_TENSORS = "additions";

    static final String EPOCH = "epoch";
    static final String GLOBAL_STEP = "global_step";
    static final String METRICS = "metrics";
    static final String INPUT_SHAPES = "input_shapes";

    private static final String VERSION = "version";
    private static final String STREAM = "stream";
    private static final String KIND = "kind";
    private static final String DERIVED = "derived";
    private static final String ORIGINAL = "original";
    private static final String TRANSFORM = "transform";
    private static final String SOURCE = "source";
    private static final String SOURCE_DIGEST = "source_digest";

    private ProvenanceCodec() {}

    /** The entries as plain values. */
    static Map<String, @Nullable Object> write(Provenance provenance) {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put(VERSION, provenance.version());
        entries.put(STREAM, provenance.stream());
        entries.put(KIND, provenance.derivation().isPresent() ? DERIVED : ORIGINAL);
        provenance.derivation().ifPresent(derivation -> {
            entries.put(TRANSFORM, derivation.transform());
            entries.put(SOURCE, derivation.source());
            entries.put(SOURCE_DIGEST, derivation.sourceDigest().orElseThrow());
        });
        entries.put(EPOCH, provenance.epoch());
        entries.put(GLOBAL_STEP, provenance.globalStep());
        entries.put(METRICS, provenance.metrics());
        entries.put(
                INPUT_SHAPES,
                provenance.inputShapes().stream()
                        .map(shape -> Arrays.stream(shape.getShape()).boxed().toList())
                        .toList());
        return entries;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if an entry is missing or malformed
     */
    static Provenance read(DictReader own) {
        Optional<Provenance.Derivation> derivation = derivation(own);
        return new Provenance(own.string(STREAM), derivation, progress(own), shapes(own), own.string(VERSION));
    }

    /**
     * A reader of the entries under {@link LightningEntries#OWN}, which throws an {@link IllegalArgumentException} for
     * malformed ones.
     */
    static DictReader reader(Map<?, ?> own) {
        return new DictReader(LightningEntries.OWN, own, ProvenanceCodec::wrong);
    }

    private static Optional<Provenance.Derivation> derivation(DictReader own) {
        return own.string(KIND).equals(DERIVED)
                ? Optional.of(new Provenance.Derivation(
                        own.string(TRANSFORM), own.string(SOURCE), Optional.of(own.string(SOURCE_DIGEST))))
                : Optional.empty();
    }

    private static Provenance.Progress progress(DictReader own) {
        long epoch = own.integer(EPOCH);
        if (epoch != (int) epoch) {
            throw own.wrong(EPOCH, "the index of an epoch");
        }
        return new Provenance.Progress(
                (int) epoch, own.integer(GLOBAL_STEP), own.dict(METRICS).all(DictReader::number));
    }

    private static List<Shape> shapes(DictReader own) {
        List<Shape> shapes = new ArrayList<>();
        for (Object shape : own.list(INPUT_SHAPES)) {
            if (!(shape instanceof List<?> dimensions) || !dimensions.stream().allMatch(Long.class::isInstance)) {
                throw own.wrong(INPUT_SHAPES, "a list of shapes");
            }
            shapes.add(new Shape(
                    dimensions.stream().mapToLong(dimension -> (Long) dimension).toArray()));
        }
        return shapes;
    }

    private static RuntimeException wrong(DictReader entries, @Nullable Object key, String expected) {
        String path = entries.path(key);
        return new IllegalArgumentException(
                entries.values().get(key) == null
                        ? "it has no " + path + "."
                        : "its " + path + " is " + entries.shown(key) + ", not " + expected + ".");
    }
}
