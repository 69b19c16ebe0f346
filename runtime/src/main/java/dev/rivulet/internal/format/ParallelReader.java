package dev.rivulet.internal.format;

import dev.rivulet.internal.concurrent.SharedLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads parts of a file on several threads, and computes checksums while the bytes are in the cache.
 *
 * <p>Files are read instead of mapped: truncating a mapped file would crash the JVM or change an already verified
 * tensor, whereas a read throws an exception.
 *
 * <p>For use by one thread, which may read several times.
 */
public final class ParallelReader {
    /** Bytes that one thread reads at a time. */
    private static final int PART_BYTES = 1 << 22;

    /**
     * Bytes per read: small enough to compute the checksum from the cache, large enough to amortize the system call.
     */
    private static final int STEP = 1 << 18;

    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STEP));

    private final PositionalSource source;
    private final LongFunction<? extends IOException> ended;
    private final List<Part> parts = new ArrayList<>();

    /** Bytes to read; without memory, only their checksum is computed. */
    private record Part(long position, int length, @Nullable ByteBuffer memory) {}

    /**
     * Bytes that were read.
     *
     * @param checksum of exactly these bytes
     */
    public record Piece<C>(long position, int length, C checksum) {}

    /**
     * A reader without parts.
     *
     * @param ended creates the exception if the file ends at a position within a part
     */
    public ParallelReader(PositionalSource source, LongFunction<? extends IOException> ended) {
        this.source = source;
        this.ended = ended;
    }

    /** Adds bytes to read into the remaining space of buffers, whose positions do not change. */
    public void add(long position, List<ByteBuffer> memory) {
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

    /** Adds a range of which only the checksum is computed. */
    public void add(long from, long to) {
        for (long position = from; position < to; position += PART_BYTES) {
            parts.add(new Part(position, (int) Math.min(PART_BYTES, to - position), null));
        }
    }

    /**
     * Reads the parts added since the last call.
     *
     * @param checksums creates one for each piece
     * @param update updates a checksum with the remaining bytes of a buffer; called on the thread that read them
     * @return the pieces in the order in which their parts were added
     */
    public <C> List<Piece<C>> read(Supplier<C> checksums, BiConsumer<C, ByteBuffer> update) throws IOException {
        List<Piece<C>> pieces = new ArrayList<>(parts.size());
        parts.forEach(part -> pieces.add(new Piece<>(part.position(), part.length(), checksums.get())));
        try {
            SharedLoop.run(parts.size(), i -> read(parts.get(i), pieces.get(i).checksum(), update));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        parts.clear();
        return pieces;
    }

    private <C> void read(Part part, C checksum, BiConsumer<C, ByteBuffer> update) {
        ByteBuffer memory = part.memory();
        for (int from = 0; from < part.length(); from += STEP) {
            int length = Math.min(STEP, part.length() - from);
            ByteBuffer step = memory == null ? SCRATCH.get().clear().limit(length) : memory.slice(from, length);
            try {
                source.readFully(step, part.position() + from, ended);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            update.accept(checksum, step.flip());
        }
    }
}
