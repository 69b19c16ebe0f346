package dev.rivulet.format;

import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A safetensors file to be: its layout is fixed, its bytes are written by {@link #writeTo}.
 *
 * <p>The same content gives the same bytes, whatever the order of the given maps. Tensors lie as the format's Rust
 * library lays them: types of larger elements first, names ascending among one type. The header is padded so that the
 * data starts at a multiple of 64 bytes, which lets readers use it in place. The bytes go from the
 * tensors' own memory to the channel without a copy in between.
 *
 * <p>Borrows the tensors' memory. Immutable, and may be written several times.
 */
public final class SafetensorsWriter {
    private static final int DATA_ALIGNMENT = 64;

    private final ByteBuffer header;
    private final List<Tensor> tensors;
    private final long byteCount;

    private SafetensorsWriter(ByteBuffer header, List<Tensor> tensors, long byteCount) {
        this.header = header;
        this.tensors = tensors;
        this.byteCount = byteCount;
    }

    /**
     * Lays out a file.
     *
     * @param metadata entries of {@code __metadata__}, which is left out if there are none
     * @throws IllegalArgumentException if a name is {@code __metadata__} or no text, a shape has more than 64 dimensions,
     *     or the header would exceed 100,000,000 bytes
     */
    public static SafetensorsWriter of(Map<String, Tensor> tensors, Map<String, String> metadata) {
        List<SafetensorsEntry> entries = new ArrayList<>();
        List<Tensor> ordered = new ArrayList<>();
        long offset = 0;
        for (Map.Entry<String, Tensor> named : fileOrder(tensors)) {
            String name = named.getKey();
            Tensor tensor = named.getValue();
            checkEntry(name, tensor);
            long end = Math.addExact(offset, tensor.byteCount());
            entries.add(new SafetensorsEntry(name, tensor.dtype(), tensor.shape(), offset, end));
            ordered.add(tensor);
            offset = end;
        }
        Map<String, String> sortedMetadata = new TreeMap<>(byUtf8());
        sortedMetadata.putAll(metadata);
        ByteBuffer header = padded(HeaderText.of(entries, sortedMetadata));
        return new SafetensorsWriter(header, List.copyOf(ordered), Math.addExact(header.remaining(), offset));
    }

    /** Bytes of the file, known before it is written. */
    public long byteCount() {
        return byteCount;
    }

    /**
     * Writes the file. Neither flushes nor closes the channel.
     *
     * @param channel in blocking mode, at the place where the file begins
     * @return what was written, with a checksum computed on the way
     * @throws IOException if the channel fails; what has been written until then is no valid file
     */
    public WrittenFile writeTo(WritableByteChannel channel) throws IOException {
        GatheringWriter writer = new GatheringWriter(channel);
        writer.write(header.duplicate());
        for (Tensor tensor : tensors) {
            for (ByteBuffer chunk : tensor.chunks()) {
                writer.write(chunk);
            }
        }
        return writer.finish();
    }

    private static List<Map.Entry<String, Tensor>> fileOrder(Map<String, Tensor> tensors) {
        Comparator<Map.Entry<String, Tensor>> byDtype =
                Comparator.comparing(entry -> entry.getValue().dtype(), Comparator.reverseOrder());
        return tensors.entrySet().stream()
                .sorted(byDtype.thenComparing(Map.Entry::getKey, byUtf8()))
                .toList();
    }

    /** The order of bytes, which differs from that of Java's strings beyond U+FFFF. */
    private static Comparator<String> byUtf8() {
        return (left, right) -> Arrays.compareUnsigned(HeaderText.utf8(left), HeaderText.utf8(right));
    }

    private static void checkEntry(String name, Tensor tensor) {
        if (name.equals(SafetensorsHeader.METADATA_KEY)) {
            throw new IllegalArgumentException("A tensor cannot be called \"" + name
                    + "\": the format keeps that name for the file's metadata. Rename the parameter.");
        }
        if (tensor.shape().rank() > HeaderParser.MAX_RANK) {
            throw new IllegalArgumentException(
                    "The tensor \"" + name + "\" has " + tensor.shape().rank()
                            + " dimensions, but a file holds at most " + HeaderParser.MAX_RANK + ". Reshape it.");
        }
    }

    private static ByteBuffer padded(byte[] json) {
        int unpadded = SafetensorsHeader.LENGTH_BYTES + json.length;
        int padding = Math.floorMod(-unpadded, DATA_ALIGNMENT);
        int length = json.length + padding;
        if (length > SafetensorsHeader.MAX_LENGTH) {
            throw new IllegalArgumentException("The header would have " + length + " bytes, but the format allows "
                    + SafetensorsHeader.MAX_LENGTH + ". Save fewer tensors or shorter metadata in one file.");
        }
        byte[] bytes = new byte[unpadded + padding];
        Arrays.fill(bytes, unpadded, bytes.length, (byte) ' ');
        System.arraycopy(json, 0, bytes, SafetensorsHeader.LENGTH_BYTES, json.length);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    }
}
