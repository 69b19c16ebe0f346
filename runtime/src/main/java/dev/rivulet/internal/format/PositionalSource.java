package dev.rivulet.internal.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.LongFunction;

/** Reads bytes at a position of a file on any thread, like {@link FileChannel#read(ByteBuffer, long)}. */
@FunctionalInterface
public interface PositionalSource {
    /** Reads some bytes and returns how many, or −1 at the end. */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Reads until the buffer is full.
     *
     * @param ended creates the exception if the file ends before that
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
