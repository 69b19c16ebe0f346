package dev.rivulet.internal.format.safetensors;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.MalformedSafetensorsException;
import dev.rivulet.checkpoint.SafetensorsRule;
import dev.rivulet.internal.format.FileSignature;
import dev.rivulet.internal.format.ParallelReader;
import dev.rivulet.internal.memory.Crc;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.zip.CRC32C;

/**
 * An open safetensors file.
 *
 * <p>Opening reads and checks only the header. Tensors are read on request, by positional reads into memory that
 * belongs to the result. To fill live arrays without a second copy, read into {@link
 * dev.rivulet.internal.tensor.LiveTensors#memory}.
 *
 * <p>Safe for use by several threads, which may read different tensors at once. Tensors stay valid after closing.
 */
public final class SafetensorsReader implements AutoCloseable {
    private final FileChannel channel;
    private final Path file;
    private final SafetensorsHeader header;

    private SafetensorsReader(FileChannel channel, Path file, SafetensorsHeader header) {
        this.channel = channel;
        this.file = file;
        this.header = header;
    }

    /** Whether a file starts like a safetensors file, with a header after its length. */
    public static boolean recognizes(FileSignature signature) {
        return signature.hasByte(SafetensorsHeader.LENGTH_BYTES, '{');
    }

    /**
     * Opens a file, which the caller must close.
     *
     * @throws MalformedSafetensorsException if it violates the format
     * @throws DamagedFileException if it has checksums and its header is damaged
     * @throws IOException if it cannot be opened or read
     */
    public static SafetensorsReader open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            SafetensorsHeader header = SafetensorsHeader.read(file.toString(), channel.size(), channel::read);
            return new SafetensorsReader(channel, file, header);
        } catch (Throwable e) {
            try {
                channel.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /** The header of the file. */
    public SafetensorsHeader header() {
        return header;
    }

    /**
     * Whether the file has its own checksums, as all files of {@link SafetensorsWriter} do. Then {@link #open} has
     * verified the header; {@link #verify} and {@link #readAll} verify the data.
     */
    public boolean carriesChecksums() {
        return header.dataChecksum().isPresent();
    }

    /**
     * Reads all data and verifies its checksum. Does nothing if the file has none.
     *
     * @throws DamagedFileException if the data is damaged
     * @throws MalformedSafetensorsException if the file was truncated after opening
     */
    public void verify() throws IOException {
        if (carriesChecksums()) {
            ParallelReader data = parts();
            data.add(header.dataStart(), header.dataStart() + header.dataLength());
            check(read(data));
        }
    }

    /**
     * Reads a tensor into newly allocated direct memory. Does not verify the checksum, which covers all tensors
     * together: call {@link #verify} first.
     *
     * @throws NoSuchElementException if the file has no tensor of that name
     * @throws MalformedSafetensorsException if the file was truncated after opening
     */
    public Tensor read(String name) throws IOException {
        SafetensorsEntry entry = entry(name);
        DirectMemory memory = DirectMemory.allocate(entry.byteCount());
        read(name, memory.chunks());
        return memory.asTensor(entry.dtype(), entry.shape());
    }

    /**
     * Reads a tensor's bytes into memory. Does not verify the checksum: call {@link #verify} first.
     *
     * @param memory writable buffers, direct ones for speed, with exactly the tensor's size remaining; their positions
     *     do not change
     * @return CRC-32C of the bytes
     * @throws NoSuchElementException if the file has no tensor of that name
     * @throws IllegalArgumentException if the memory has another size; then nothing is written
     * @throws MalformedSafetensorsException if the file was truncated after opening; the memory may have been partly
     *     overwritten then
     */
    public long read(String name, List<ByteBuffer> memory) throws IOException {
        ParallelReader bytes = parts();
        add(bytes, entry(name), memory);
        return read(bytes);
    }

    /**
     * Reads all tensors into newly allocated direct memory, and verifies the data's checksum if the file has one.
     *
     * @return the tensors in the order of their data in the file
     * @throws DamagedFileException if the data is damaged
     */
    public Map<String, Tensor> readAll() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        readAll(entry -> {
            DirectMemory memory = DirectMemory.allocate(entry.byteCount());
            tensors.put(entry.name(), memory.asTensor(entry.dtype(), entry.shape()));
            return memory.chunks();
        });
        return tensors;
    }

    /**
     * Reads all tensors into the caller's memory in one pass over the file, and finally verifies the data's checksum if
     * the file has one. If a damaged file must not overwrite that memory, call {@link #verify} first.
     *
     * @param memory returns the buffers for a tensor, as for {@link #read(String, List)}; called in the file's order,
     *     before anything is read
     * @return CRC-32C of the whole file, header included
     * @throws IllegalArgumentException if the size of a tensor's memory is wrong; then nothing is written
     * @throws DamagedFileException if the data is damaged; the memory has been overwritten then
     */
    public long readAll(Function<SafetensorsEntry, List<ByteBuffer>> memory) throws IOException {
        Map<String, List<ByteBuffer>> all = new LinkedHashMap<>();
        header.entries().forEach((name, entry) -> all.put(name, memory.apply(entry)));
        return readAll(all);
    }

    /**
     * Reads some tensors into memory in one pass over the whole file, like {@link #readAll(Function)}. Of the others,
     * only the checksum is computed.
     *
     * @param memory the buffers of tensors by name, as for {@link #read(String, List)}
     * @return CRC-32C of the whole file, header included
     * @throws NoSuchElementException if a tensor does not exist; then nothing is written
     * @throws IllegalArgumentException if the size of a tensor's memory is wrong; then nothing is written
     * @throws DamagedFileException if the data is damaged; the memory has been overwritten then
     */
    public long readAll(Map<String, List<ByteBuffer>> memory) throws IOException {
        memory.keySet().forEach(this::entry);
        ParallelReader data = parts();
        for (SafetensorsEntry entry : header.entries().values()) {
            List<ByteBuffer> wanted = memory.get(entry.name());
            if (wanted == null) {
                data.add(header.dataStart() + entry.begin(), header.dataStart() + entry.end());
            } else {
                add(data, entry, wanted);
            }
        }
        return checked(read(data));
    }

    /**
     * Reads the whole file, and verifies the data's checksum if the file has one.
     *
     * @return CRC-32C of the whole file, in the low 32 bits
     * @throws DamagedFileException if the data is damaged
     * @throws MalformedSafetensorsException if the file was truncated after opening
     */
    public long crc32c() throws IOException {
        return readAll(Map.of());
    }

    /** Closes the file. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    private SafetensorsEntry entry(String name) {
        SafetensorsEntry entry = header.entries().get(name);
        if (entry == null) {
            throw new NoSuchElementException(file + " has no tensor \"" + name + "\"; it has "
                    + header.entries().size() + " others.");
        }
        return entry;
    }

    private ParallelReader parts() {
        return new ParallelReader(
                channel::read,
                end -> new MalformedSafetensorsException(
                        file.toString(),
                        SafetensorsRule.DATA_LENGTH,
                        end,
                        "the file ends here, but was longer when it was opened"));
    }

    /** Reads consecutive parts and returns the CRC-32C of their bytes. */
    private static long read(ParallelReader parts) throws IOException {
        long joined = 0;
        for (ParallelReader.Piece<CRC32C> piece : parts.read(CRC32C::new, CRC32C::update)) {
            joined = Crc.CRC32C.combine(joined, piece.checksum().getValue(), piece.length());
        }
        return joined;
    }

    private void add(ParallelReader parts, SafetensorsEntry entry, List<ByteBuffer> memory) {
        long room = memory.stream().mapToLong(ByteBuffer::remaining).sum();
        if (room != entry.byteCount()) {
            throw new IllegalArgumentException("The tensor \"" + entry.name() + "\" has " + entry.byteCount()
                    + " bytes and cannot fill memory of " + room + ".");
        }
        parts.add(header.dataStart() + entry.begin(), memory);
    }

    /** The checksum of the whole file, after verifying that of the data. */
    private long checked(long dataChecksum) throws IOException {
        if (carriesChecksums()) {
            check(dataChecksum);
        }
        ParallelReader beginning = parts();
        beginning.add(0, header.dataStart());
        return Crc.CRC32C.combine(read(beginning), dataChecksum, header.dataLength());
    }

    private void check(long dataChecksum) throws DamagedFileException {
        long expected = header.dataChecksum().orElseThrow();
        if (dataChecksum != expected) {
            throw new DamagedFileException(
                    file.toString(),
                    "the checksum of its data",
                    ChecksumFields.hex(expected),
                    ChecksumFields.hex(dataChecksum));
        }
    }
}
