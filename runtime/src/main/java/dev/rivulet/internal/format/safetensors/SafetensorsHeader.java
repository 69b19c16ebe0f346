package dev.rivulet.internal.format.safetensors;

import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.checkpoint.SafetensorsRule;
import dev.rivulet.internal.format.PositionalSource;
import dev.rivulet.internal.tensor.CodePointOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The header of a safetensors file: names, types, shapes and positions of its tensors, and its metadata.
 *
 * <p>Immutable, and checked against all rules of {@link SafetensorsRule}.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
public final class SafetensorsHeader {
    static final String METADATA_KEY = "__metadata__";
    static final int LENGTH_BYTES = Long.BYTES;
    static final int MAX_LENGTH = 100_000_000;

    private final Map<String, SafetensorsEntry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata;
    private final long dataStart;
    private final long dataLength;
    private final OptionalLong dataChecksum;

    private SafetensorsHeader(Parsed parsed, long dataStart, long dataLength, OptionalLong dataChecksum) {
        parsed.ordered().forEach(entry -> entries.put(entry.name(), entry));
        Map<String, String> others = new LinkedHashMap<>(parsed.metadata());
        others.keySet().removeIf(ChecksumFields::contains);
        this.metadata = Collections.unmodifiableMap(others);
        this.dataStart = dataStart;
        this.dataLength = dataLength;
        this.dataChecksum = dataChecksum;
    }

    /** The result of parsing; entries are in the order of their data. */
    record Parsed(List<SafetensorsEntry> ordered, Map<String, String> metadata) {}

    /**
     * Reads and checks a header. The declared length is checked against the size of the file.
     *
     * @param file name of the file, for messages
     * @param length size of the file in bytes
     */
    static SafetensorsHeader read(String file, long length, PositionalSource source) throws IOException {
        if (length < LENGTH_BYTES) {
            throw new MalformedSafetensorsException(
                    file, SafetensorsRule.FILE_LENGTH, length, "the file ends after " + length + " bytes");
        }
        long headerLength = ByteBuffer.wrap(readFully(file, source, 0, LENGTH_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (headerLength < 0 || headerLength > MAX_LENGTH) {
            throw new MalformedSafetensorsException(
                    file,
                    SafetensorsRule.HEADER_LIMIT,
                    0,
                    "the declared header length is " + Long.toUnsignedString(headerLength) + " bytes");
        }
        if (headerLength > length - LENGTH_BYTES) {
            throw new MalformedSafetensorsException(
                    file,
                    SafetensorsRule.HEADER_LENGTH,
                    0,
                    "the declared header length is " + headerLength + " bytes, but the file has " + length + " bytes"
                            + " in total");
        }
        byte[] beginning = readFully(file, source, 0, LENGTH_BYTES + (int) headerLength);
        long dataLength = length - beginning.length;
        Parsed parsed = HeaderParser.parse(file, beginning, dataLength);
        OptionalLong dataChecksum =
                ChecksumFields.check(file, beginning, parsed.metadata(), () -> origin(beginning, parsed));
        return new SafetensorsHeader(parsed, beginning.length, dataLength, dataChecksum);
    }

    /** A hint if a header is not in the form in which {@link SafetensorsWriter} writes it. */
    private static String origin(byte[] beginning, Parsed parsed) {
        Map<String, String> sorted = new TreeMap<>(CodePointOrder.ASCENDING);
        sorted.putAll(parsed.metadata());
        byte[] written = HeaderWriter.of(parsed.ordered(), sorted);
        ByteBuffer found = ByteBuffer.wrap(beginning, LENGTH_BYTES, beginning.length - LENGTH_BYTES);
        return found.mismatch(ByteBuffer.wrap(written)) == written.length || found.equals(ByteBuffer.wrap(written))
                ? ""
                : "Its header does not have the form that Rivulet writes: if another program has saved the file again"
                        + " with Rivulet's metadata, it must leave out the entries that start with \"rivulet.\".";
    }

    private static byte[] readFully(String file, PositionalSource source, long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        source.readFully(
                buffer,
                position,
                end -> new MalformedSafetensorsException(
                        file,
                        SafetensorsRule.HEADER_LENGTH,
                        end,
                        "the file ends here, but was longer when it was opened"));
        return buffer.array();
    }

    /** The tensors by name, in the order of their data in the file. */
    public Map<String, SafetensorsEntry> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /**
     * The entries of {@code __metadata__} in the file's order, without the file's own checksums; empty if there are
     * none.
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Position of the data in the file, to which the offsets of entries are relative. */
    public long dataStart() {
        return dataStart;
    }

    /** Total size of all tensors in bytes. */
    public long dataLength() {
        return dataLength;
    }

    /** CRC-32C of the data, if the file has checksums. */
    OptionalLong dataChecksum() {
        return dataChecksum;
    }
}
