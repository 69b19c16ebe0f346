package dev.rivulet.format;

import dev.rivulet.tensor.DirectMemory;
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
 * <p>Opening reads and checks the header only. Tensors are read when asked for, by positional reads into memory that
 * belongs to the result. The file is not mapped: a mapped file that somebody truncates ends the JVM, or changes under a
 * tensor that has been verified, while a read gives an exception. To fill live arrays without a second copy, read into
 * {@link dev.rivulet.tensor.LiveTensors#memory}.
 *
 * <p>Safe for use by several threads, which may read different tensors at once. Tensors stay valid after closing.
 */
public final class SafetensorsReader implements AutoCloseable {
    /** Bytes per read: small enough to be checksummed out of the cache, large enough to hide the system call. */
    private static final int STEP = 1 << 20;

    private final FileChannel channel;
    private final Path file;
    private final SafetensorsHeader header;

    private SafetensorsReader(FileChannel channel, Path file, SafetensorsHeader header) {
        this.channel = channel;
        this.file = file;
        this.header = header;
    }

    /**
     * Opens a file, to be closed by the caller.
     *
     * @throws MalformedSafetensorsException if it violates the format
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

    /** What the file holds. */
    public SafetensorsHeader header() {
        return header;
    }

    /**
     * Reads a tensor into fresh direct memory.
     *
     * @throws NoSuchElementException if the file has no tensor of that name
     * @throws MalformedSafetensorsException if the file has become shorter since it was opened
     */
    public Tensor read(String name) throws IOException {
        SafetensorsEntry entry = entry(name);
        DirectMemory memory = DirectMemory.allocate(entry.byteCount());
        fill(entry, memory.chunks(), new CRC32C());
        return memory.asTensor(entry.dtype(), entry.shape());
    }

    /**
     * Reads a tensor's bytes into memory.
     *
     * @param memory writable buffers, direct ones for speed, with exactly the tensor's bytes remaining; their positions
     *     stay
     * @return CRC-32C of the bytes
     * @throws NoSuchElementException if the file has no tensor of that name
     * @throws IllegalArgumentException if the memory has another size; nothing is written then
     * @throws MalformedSafetensorsException if the file has become shorter since it was opened; the memory may have been
     *     written in part
     */
    public long read(String name, List<ByteBuffer> memory) throws IOException {
        CRC32C crc = new CRC32C();
        fill(entry(name), memory, crc);
        return crc.getValue();
    }

    /**
     * Reads every tensor into fresh direct memory.
     *
     * @return the tensors in order of their bytes in the file
     */
    public Map<String, Tensor> readAll() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String name : header.entries().keySet()) {
            tensors.put(name, read(name));
        }
        return tensors;
    }

    /**
     * Reads every tensor into memory that the caller chooses, in one pass over the file.
     *
     * @param memory gives the buffers for a tensor, as for {@link #read(String, List)}; asked in the file's order
     * @return CRC-32C of the whole file, header included
     * @throws IllegalArgumentException if memory has another size than its tensor
     */
    public long readAll(Function<SafetensorsEntry, List<ByteBuffer>> memory) throws IOException {
        CRC32C crc = new CRC32C();
        checksum(0, header.dataStart(), crc);
        for (SafetensorsEntry entry : header.entries().values()) {
            fill(entry, memory.apply(entry), crc);
        }
        return crc.getValue();
    }

    /** CRC-32C of the whole file, in the low 32 bits. */
    public long crc32c() throws IOException {
        CRC32C crc = new CRC32C();
        checksum(0, header.dataStart() + header.dataLength(), crc);
        return crc.getValue();
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

    private void fill(SafetensorsEntry entry, List<ByteBuffer> memory, CRC32C crc) throws IOException {
        long room = memory.stream().mapToLong(ByteBuffer::remaining).sum();
        if (room != entry.byteCount()) {
            throw new IllegalArgumentException("The tensor \"" + entry.name() + "\" has " + entry.byteCount()
                    + " bytes and cannot fill memory of " + room + ".");
        }
        long position = header.dataStart() + entry.begin();
        for (ByteBuffer chunk : memory) {
            for (int from = chunk.position(); from < chunk.limit(); from += STEP) {
                ByteBuffer step = chunk.slice(from, Math.min(STEP, chunk.limit() - from));
                position += step.remaining();
                readFully(step, position - step.remaining());
                crc.update(step.flip());
            }
        }
    }

    private void checksum(long from, long to, CRC32C crc) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(STEP, to - from));
        for (long position = from; position < to; position += buffer.limit()) {
            readFully(buffer.clear().limit((int) Math.min(buffer.capacity(), to - position)), position);
            crc.update(buffer.flip());
        }
    }

    private void readFully(ByteBuffer target, long position) throws IOException {
        long next = position;
        while (target.hasRemaining()) {
            int count = channel.read(target, next);
            if (count < 0) {
                throw new MalformedSafetensorsException(
                        file.toString(),
                        SafetensorsRule.DATA_LENGTH,
                        next,
                        "the file ends although it was longer when it was opened");
            }
            next += count;
        }
    }
}
