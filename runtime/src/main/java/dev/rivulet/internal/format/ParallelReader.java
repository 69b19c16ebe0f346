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
 * Reads parts of a file on several threads, and has their bytes checksummed while they are in the cache.
 *
 * <p>Files are read and not mapped: a mapped file that somebody truncates ends the JVM, or changes under a tensor that
 * has been verified, while a read gives an exception.
 *
 * <p>For one thread, which may read several times.
 */
public final class ParallelReader {
    /** What one thread reads at a time. */
    private static final int PART_BYTES = 1 << 22;

    /** Bytes per read: small enough to be checksummed out of the cache, large enough to hide the system call. */
    private static final int STEP = 1 << 18;

    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STEP));

    private final PositionalSource source;
    private final LongFunction<? extends IOException> ended;
    private final List<Part> parts = new ArrayList<>();

    /** Bytes to be read; without memory they are only checksummed. */
    private record Part(long position, int length, @Nullable ByteBuffer memory) {}

    /**
     * Bytes that were read.
     *
     * @param checksum has taken them, and nothing else
     */
    public record Piece<C>(long position, int length, C checksum) {}

    /**
     * A reader without parts.
     *
     * @param ended gives what to throw if the file ends at a position within a part
     */
    public ParallelReader(PositionalSource source, LongFunction<? extends IOException> ended) {
        this.source = source;
        this.ended = ended;
    }

    /** Adds what is to fill the remaining bytes of buffers, whose positions stay. */
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

    /** Adds what is only to be checksummed. */
    public void add(long from, long to) {
        for (long position = from; position < to; position += PART_BYTES) {
            parts.add(new Part(position, (int) Math.min(PART_BYTES, to - position), null));
        }
    }

    /**
     * Reads the parts added since the last time.
     *
     * @param checksums makes one for each piece
     * @param update has a checksum take the remaining bytes of a buffer; called on the thread that has read them
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
