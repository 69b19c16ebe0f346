package dev.rivulet.internal.format.safetensors;

import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.format.GatheringWriter;
import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.memory.Crc;
import dev.rivulet.internal.tensor.CodePointOrder;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A safetensors file that has been laid out; {@link #writeTo} writes it.
 *
 * <p>The same content gives the same bytes, regardless of the order of the maps. Tensors are ordered as by the format's
 * Rust library: larger element types first, then by name. The header is padded so that the data starts at a multiple of
 * 64 bytes, which lets readers use it in place. Except for small tensors, bytes are written directly from the tensors'
 * memory to the channel.
 *
 * <p>Two entries of the metadata, {@code rivulet.crc32c.data} and {@code rivulet.crc32c.header}, hold checksums with
 * which {@link SafetensorsReader} can verify the file after it was copied.
 *
 * <p>Borrows the tensors' memory. Immutable; may be written several times.
 */
public final class SafetensorsWriter implements FileLayout {
    private static final int DATA_ALIGNMENT = 64;

    /** Length bytes and header, with zeros for checksums. */
    private final byte[] beginning;

    private final List<Tensor> tensors;
    private final long byteCount;

    private SafetensorsWriter(byte[] beginning, List<Tensor> tensors, long byteCount) {
        this.beginning = beginning;
        this.tensors = tensors;
        this.byteCount = byteCount;
    }

    /**
     * Lays out a file.
     *
     * @param metadata entries of {@code __metadata__}, in addition to the checksums
     * @throws IllegalArgumentException if a name is {@code __metadata__} or that of a checksum, a string has an
     *     unpaired surrogate, a shape has more than 64 dimensions, or the header would exceed 100,000,000 bytes
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
        Map<String, String> sortedMetadata = new TreeMap<>(CodePointOrder.ASCENDING);
        sortedMetadata.put(ChecksumFields.DATA, ChecksumFields.UNKNOWN);
        sortedMetadata.put(ChecksumFields.HEADER, ChecksumFields.UNKNOWN);
        metadata.forEach((key, value) -> {
            if (sortedMetadata.put(key, value) != null) {
                throw new IllegalArgumentException("Metadata cannot have the key \"" + key + "\": it is reserved for"
                        + " the file's own checksum. Choose another key.");
            }
        });
        byte[] beginning = padded(HeaderWriter.of(entries, sortedMetadata));
        return new SafetensorsWriter(beginning, List.copyOf(ordered), Math.addExact(beginning.length, offset));
    }

    @Override
    public long byteCount() {
        return byteCount;
    }

    /**
     * Writes the file. Neither flushes nor closes the channel.
     *
     * <p>If the channel is seekable, the header is written last, because it holds the data's checksum; until then the
     * file starts with zeros or its former content and is not valid. Otherwise the tensors are read twice.
     *
     * @param channel in blocking mode, positioned at the start of the file, not opened for appending
     * @return size and checksum of the written file
     * @throws IOException if the channel fails or the tensors change during the write; the file is not valid then
     */
    @Override
    public WrittenFile writeTo(WritableByteChannel channel) throws IOException {
        return channel instanceof SeekableByteChannel seekable ? writeBackwards(seekable) : writeForwards(channel);
    }

    private WrittenFile writeBackwards(SeekableByteChannel channel) throws IOException {
        long start = channel.position();
        channel.position(start + beginning.length);
        WrittenFile data = writeData(channel);
        channel.position(start);
        WrittenFile whole = writeBeginning(channel, data);
        if (channel.position() != start + beginning.length) {
            throw new IOException("The channel is open for appending, so no header can be put before the data;"
                    + " open it without StandardOpenOption.APPEND.");
        }
        channel.position(start + byteCount);
        return whole;
    }

    private WrittenFile writeForwards(WritableByteChannel channel) throws IOException {
        CRC32C crc = new CRC32C();
        tensors.forEach(tensor -> tensor.chunks().forEach(crc::update));
        WrittenFile expected = new WrittenFile(byteCount - beginning.length, crc.getValue());
        WrittenFile whole = writeBeginning(channel, expected);
        if (!writeData(channel).equals(expected)) {
            throw new IOException("The tensors changed while they were written; write a copy of them.");
        }
        return whole;
    }

    private WrittenFile writeData(WritableByteChannel channel) throws IOException {
        GatheringWriter writer = new GatheringWriter(channel, byteCount - beginning.length);
        for (Tensor tensor : tensors) {
            for (ByteBuffer chunk : tensor.chunks()) {
                writer.write(chunk);
            }
        }
        return writer.finish();
    }

    /** Writes the header with the checksum of the data, and returns the size and checksum of the whole file. */
    private WrittenFile writeBeginning(WritableByteChannel channel, WrittenFile data) throws IOException {
        byte[] filled = beginning.clone();
        ChecksumFields.fill(filled, data.crc32c());
        GatheringWriter writer = new GatheringWriter(channel, filled.length);
        writer.write(ByteBuffer.wrap(filled));
        long crc32c = Crc.CRC32C.combine(writer.finish().crc32c(), data.crc32c(), data.byteCount());
        return new WrittenFile(byteCount, crc32c);
    }

    private static List<Map.Entry<String, Tensor>> fileOrder(Map<String, Tensor> tensors) {
        Comparator<Map.Entry<String, Tensor>> byDtype =
                Comparator.comparing(entry -> entry.getValue().dtype(), Comparator.reverseOrder());
        return tensors.entrySet().stream()
                .sorted(byDtype.thenComparing(Map.Entry::getKey, CodePointOrder.ASCENDING))
                .toList();
    }

    private static void checkEntry(String name, Tensor tensor) {
        if (name.equals(SafetensorsHeader.METADATA_KEY)) {
            throw new IllegalArgumentException("A tensor cannot have the name \"" + name + "\": the format reserves"
                    + " it for the metadata. Rename the parameter.");
        }
        if (tensor.shape().rank() > HeaderParser.MAX_RANK) {
            throw new IllegalArgumentException(
                    "The tensor \"" + name + "\" has " + tensor.shape().rank()
                            + " dimensions, but a file holds at most " + HeaderParser.MAX_RANK + ". Reshape it.");
        }
    }

    private static byte[] padded(byte[] json) {
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
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        return bytes;
    }
}
