package dev.rivulet.internal.format.safetensors;

import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.checkpoint.SafetensorsRule;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the JSON of a safetensors header. Reports each violation with its position; memory use is proportional to the
 * header.
 */
final class HeaderParser {
    /** The limit of PyTorch and NumPy. */
    static final int MAX_RANK = 64;

    private final JsonCursor json;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, SafetensorsEntry> entries = new LinkedHashMap<>();
    private boolean hasMetadata;

    private HeaderParser(JsonCursor json) {
        this.json = json;
    }

    /**
     * Parses a header and checks that its tensors fill the data.
     *
     * @param beginning the length bytes and the JSON, padding included
     * @param dataLength bytes that follow the header
     */
    static SafetensorsHeader.Parsed parse(String file, byte[] beginning, long dataLength)
            throws MalformedSafetensorsException {
        JsonCursor json = new JsonCursor(file, beginning, SafetensorsHeader.LENGTH_BYTES);
        if (beginning.length == SafetensorsHeader.LENGTH_BYTES || beginning[SafetensorsHeader.LENGTH_BYTES] != '{') {
            throw json.violation(SafetensorsRule.HEADER_START, "the header does not start with {");
        }
        HeaderParser parser = new HeaderParser(json);
        parser.readObject();
        List<SafetensorsEntry> ordered = new ArrayList<>(parser.entries.values());
        ordered.sort(Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
        checkCoverage(file, ordered, beginning.length, dataLength);
        return new SafetensorsHeader.Parsed(ordered, parser.metadata);
    }

    private static void checkCoverage(String file, List<SafetensorsEntry> ordered, long dataStart, long dataLength)
            throws MalformedSafetensorsException {
        long covered = 0;
        for (SafetensorsEntry entry : ordered) {
            if (entry.begin() != covered) {
                String what = entry.begin() > covered ? "a gap precedes" : "another tensor overlaps";
                throw new MalformedSafetensorsException(
                        file, SafetensorsRule.COVERAGE, dataStart + covered, what + " tensor " + quoted(entry.name()));
            }
            covered = entry.end();
        }
        if (covered != dataLength) {
            throw new MalformedSafetensorsException(
                    file,
                    SafetensorsRule.DATA_LENGTH,
                    dataStart + Math.min(covered, dataLength),
                    "the tensors need " + covered + " bytes, but the file has " + dataLength);
        }
    }

    private void readObject() throws MalformedSafetensorsException {
        json.expect('{');
        for (boolean first = true; json.next(first, '}'); first = false) {
            String key = json.key();
            if (key.equals(SafetensorsHeader.METADATA_KEY)) {
                readMetadata();
            } else {
                SafetensorsEntry entry = readEntry(key);
                if (entries.putIfAbsent(key, entry) != null) {
                    throw duplicate(key);
                }
            }
        }
        if (json.peek() >= 0) {
            throw json.violation(SafetensorsRule.JSON, "something follows the JSON object");
        }
    }

    private void readMetadata() throws MalformedSafetensorsException {
        if (hasMetadata) {
            throw duplicate(SafetensorsHeader.METADATA_KEY);
        }
        hasMetadata = true;
        if (!json.take('{')) {
            throw json.violation(SafetensorsRule.METADATA, "the metadata is not an object");
        }
        for (boolean first = true; json.next(first, '}'); first = false) {
            String key = json.key();
            if (json.peek() != '"') {
                throw json.violation(SafetensorsRule.METADATA, "the metadata " + quoted(key) + " is not a string");
            }
            if (metadata.putIfAbsent(key, json.string()) != null) {
                throw duplicate(key);
            }
        }
    }

    private SafetensorsEntry readEntry(String name) throws MalformedSafetensorsException {
        if (!json.take('{')) {
            throw json.violation(
                    SafetensorsRule.ENTRY, "the tensor " + quoted(name) + " is not described by an object");
        }
        Dtype dtype = null;
        long[] shape = null;
        long[] offsets = null;
        Set<String> seen = new HashSet<>();
        for (boolean first = true; json.next(first, '}'); first = false) {
            String key = json.key();
            if (!seen.add(key)) {
                throw duplicate(key);
            }
            switch (key) {
                case "dtype" -> dtype = readDtype();
                case "shape" -> shape = readIntegers(SafetensorsRule.SHAPE, SafetensorsRule.RANK, MAX_RANK);
                case "data_offsets" -> offsets = readIntegers(SafetensorsRule.OFFSETS, SafetensorsRule.OFFSETS, 2);
                default -> json.skipValue(3);
            }
        }
        if (dtype == null || shape == null || offsets == null) {
            String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
            throw json.violation(SafetensorsRule.ENTRY, "the tensor " + quoted(name) + " has no " + missing);
        }
        return checked(name, dtype, shape, offsets);
    }

    private SafetensorsEntry checked(String name, Dtype dtype, long[] dimensions, long[] offsets)
            throws MalformedSafetensorsException {
        if (offsets.length != 2 || offsets[1] < offsets[0]) {
            throw json.violation(
                    SafetensorsRule.OFFSETS,
                    "the offsets of tensor " + quoted(name) + " are " + Arrays.toString(offsets));
        }
        TensorShape shape;
        long bits;
        try {
            shape = TensorShape.of(dimensions);
            bits = Math.multiplyExact(shape.elementCount(), dtype.bits());
        } catch (ArithmeticException e) {
            throw json.violation(
                    SafetensorsRule.SIZE_OVERFLOW,
                    "the tensor " + quoted(name) + " has shape " + Arrays.toString(dimensions));
        }
        if (bits % 8 != 0) {
            throw json.violation(
                    SafetensorsRule.PACKING, "the tensor " + quoted(name) + " of " + dtype + " has " + bits + " bits");
        }
        if (offsets[1] - offsets[0] != bits / 8) {
            throw json.violation(
                    SafetensorsRule.SIZE,
                    "the tensor " + quoted(name) + " of " + dtype + shape + " has offsets " + Arrays.toString(offsets)
                            + " instead of " + bits / 8 + " bytes");
        }
        return new SafetensorsEntry(name, dtype, shape, offsets[0], offsets[1]);
    }

    private Dtype readDtype() throws MalformedSafetensorsException {
        if (json.peek() != '"') {
            throw json.violation(SafetensorsRule.DTYPE, "the dtype is not a string");
        }
        String name = json.string();
        return Dtype.named(name)
                .orElseThrow(() -> json.violation(SafetensorsRule.DTYPE, "the dtype " + quoted(name) + " is unknown"));
    }

    private long[] readIntegers(SafetensorsRule rule, SafetensorsRule countRule, int limit)
            throws MalformedSafetensorsException {
        if (!json.take('[')) {
            throw json.violation(rule, "the value is not an array");
        }
        long[] values = new long[limit];
        int count = 0;
        while (json.next(count == 0, ']')) {
            if (count == limit) {
                throw json.violation(countRule, "there are more than " + limit + " integers");
            }
            long value = json.unsigned();
            if (value < 0) {
                throw json.violation(rule, "a value is not a non-negative integer");
            }
            values[count++] = value;
        }
        return Arrays.copyOf(values, count);
    }

    private MalformedSafetensorsException duplicate(String key) {
        return json.violation(SafetensorsRule.DUPLICATE_KEY, "the key " + quoted(key) + " occurs again");
    }

    /** Quotes a name for a message, truncated because hostile files may have very long ones. */
    private static String quoted(String name) {
        return '"' + (name.length() <= 200 ? name : name.substring(0, 200) + "…") + '"';
    }
}
