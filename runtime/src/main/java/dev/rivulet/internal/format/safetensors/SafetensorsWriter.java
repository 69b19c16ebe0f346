package dev.rivulet.internal.format.safetensors;

import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.format.GatheringWriter;
import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.memory.Crc32c;
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
 * A safetensors file to be: its layout is fixed, its bytes are written by {@link #writeTo}.
 *
 * <p>The same content gives the same bytes, whatever the order of the given maps. Tensors lie as the format's Rust
 * library lays them: types of larger elements first, names ascending among one type. The header is padded so that the
 * data starts at a multiple of 64 bytes, which lets readers use it in place. The bytes of all
 * but small tensors go from their own memory to the channel without a copy in between.
 *
 * <p>Two entries of the metadata, {@code rivulet.crc32c.data} and {@code rivulet.crc32c.header}, hold checksums of the
 * file, by which {@link SafetensorsReader} verifies it wherever it has been copied to.
 *
 * <p>Borrows the tensors' memory. Immutable, and may be written several times.
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
     * @param metadata entries of {@code __metadata__}, beside those by which the file verifies itself
     * @throws IllegalArgumentException if a name is {@code __metadata__}, that of a checksum, or no text, a shape has more than 64 dimensions,
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
        Map<String, String> sortedMetadata = new TreeMap<>(CodePointOrder.ASCENDING);
        sortedMetadata.put(ChecksumFields.DATA, ChecksumFields.UNKNOWN);
        sortedMetadata.put(ChecksumFields.HEADER, ChecksumFields.UNKNOWN);
        metadata.forEach((key, value) -> {
            if (sortedMetadata.put(key, value) != null) {
                throw new IllegalArgumentException("Metadata cannot be called \"" + key
                        + "\": the file keeps a checksum of itself under that name. Choose another key.");
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
     * <p>Where the channel can go back, the header is written last, because it holds the data's checksum; until then the
     * file begins with zeros, or with what was there, and is no valid file. Where it cannot, the tensors are
     * read twice.
     *
     * @param channel in blocking mode, at the place where the file begins, not opened for appending
     * @return what was written, with a checksum computed on the way
     * @throws IOException if the channel fails, or the tensors change meanwhile; what has been written until then is no
     *     valid file
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

    /** Writes the header, given the data; what the whole file is. */
    private WrittenFile writeBeginning(WritableByteChannel channel, WrittenFile data) throws IOException {
        byte[] filled = beginning.clone();
        ChecksumFields.fill(filled, data.crc32c());
        GatheringWriter writer = new GatheringWriter(channel, filled.length);
        writer.write(ByteBuffer.wrap(filled));
        long crc32c = Crc32c.combine(writer.finish().crc32c(), data.crc32c(), data.byteCount());
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
            throw new IllegalArgumentException("A tensor cannot be called \"" + name
                    + "\": the format keeps that name for the file's metadata. Rename the parameter.");
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
