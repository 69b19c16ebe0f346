package dev.rivulet.internal.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.LongFunction;

/** Reads bytes at a position of a file, as {@link FileChannel#read(ByteBuffer, long)} does, on any thread. */
@FunctionalInterface
public interface PositionalSource {
    /** Reads some bytes; how many, or −1 at the end. */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Reads until the buffer is full.
     *
     * @param ended gives what to throw if the file ends at a position before
     */
    default void readFully(ByteBuffer target, long position, LongFunction<? extends IOException> ended)
            throws IOException {
        long next = position;
        while (target.hasRemaining()) {
            int count = read(target, next);
            if (count < 0) {
                throw ended.apply(next);
            }
            next += count;
        }
    }
}
