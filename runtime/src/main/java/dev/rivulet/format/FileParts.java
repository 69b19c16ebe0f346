package dev.rivulet.format;

import dev.rivulet.concurrent.SharedLoop;
import dev.rivulet.tensor.Crc32c;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Parts of a file, in order, that are read on several threads and checksummed while they are in the cache. */
final class FileParts {
    /** What one thread reads at a time. */
    private static final int PART_BYTES = 1 << 22;

    /** Bytes per read: small enough to be checksummed out of the cache, large enough to hide the system call. */
    private static final int STEP = 1 << 18;

    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STEP));

    private final FileChannel channel;
    private final String file;
    private final List<Part> parts = new ArrayList<>();

    /** Bytes at a place in the file; without memory they are only looked at. */
    private record Part(long position, int length, @Nullable ByteBuffer memory) {}

    FileParts(FileChannel channel, String file) {
        this.channel = channel;
        this.file = file;
    }

    /** Adds what is to fill the remaining bytes of buffers, whose positions stay. */
    void add(long position, List<ByteBuffer> memory) {
        long next = position;
        for (ByteBuffer chunk : memory) {
            for (int from = chunk.position(); from < chunk.limit(); ) {
                int length = Math.min(PART_BYTES, chunk.limit() - from);
                parts.add(new Part(next, length, chunk.slice(from, length)));
                from += length;
                next += length;
            }
        }
    }

    /** Adds what is only to be checksummed. */
    void add(long from, long to) {
        for (long position = from; position < to; position += PART_BYTES) {
            parts.add(new Part(position, (int) Math.min(PART_BYTES, to - position), null));
        }
    }

    /**
     * Reads all parts.
     *
     * @return CRC-32C of their bytes, one behind the other
     * @throws MalformedSafetensorsException if the file ends before
     */
    long read() throws IOException {
        long[] checksums = new long[parts.size()];
        try {
            SharedLoop.run(checksums.length, i -> checksums[i] = read(parts.get(i)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        long joined = 0;
        for (int i = 0; i < checksums.length; i++) {
            joined = Crc32c.combine(joined, checksums[i], parts.get(i).length());
        }
        return joined;
    }

    private long read(Part part) {
        CRC32C crc = new CRC32C();
        ByteBuffer memory = part.memory();
        for (int from = 0; from < part.length(); from += STEP) {
            int length = Math.min(STEP, part.length() - from);
            ByteBuffer step = memory == null ? SCRATCH.get().clear().limit(length) : memory.slice(from, length);
            try {
                readFully(step, part.position() + from);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            crc.update(step.flip());
        }
        return crc.getValue();
    }

    private void readFully(ByteBuffer target, long position) throws IOException {
        long next = position;
        while (target.hasRemaining()) {
            int count = channel.read(target, next);
            if (count < 0) {
                throw new MalformedSafetensorsException(
                        file,
                        SafetensorsRule.DATA_LENGTH,
                        next,
                        "the file ends although it was longer when it was opened");
            }
            next += count;
        }
    }
}
