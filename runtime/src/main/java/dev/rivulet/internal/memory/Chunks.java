package dev.rivulet.internal.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of any size as a list of buffers. Pairs of lists must have the same total size, but may have different
 * boundaries. Positions of the given buffers do not change.
 */
public final class Chunks {
    /** Size of every allocated buffer except the last: 1 GiB, a multiple of every element size. */
    public static final int BYTES = 1 << 30;

    /** A cache line, and the alignment of libtorch's own allocator. */
    private static final int ALIGNMENT = 64;

    private Chunks() {}

    /**
     * Allocates zeroed memory outside the Java heap: buffers that each start at a multiple of 64 bytes, or no buffers
     * for a size of 0.
     *
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    public static List<ByteBuffer> allocate(long byteCount) {
        if (byteCount < 0) {
            throw new IllegalArgumentException("Memory of " + byteCount + " bytes cannot be allocated.");
        }
        List<ByteBuffer> chunks = new ArrayList<>();
        for (long offset = 0; offset < byteCount; offset += BYTES) {
            chunks.add(aligned((int) Math.min(BYTES, byteCount - offset)));
        }
        return List.copyOf(chunks);
    }

    private static ByteBuffer aligned(int byteCount) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(byteCount + ALIGNMENT - 1);
        int misalignment = buffer.alignmentOffset(0, ALIGNMENT);
        return buffer.slice(misalignment == 0 ? 0 : ALIGNMENT - misalignment, byteCount);
    }

    /**
     * A part of memory, which may lie in two chunks or more. All but the last of these are used to their end.
     *
     * @param chunk index of the chunk in which it begins
     * @param offset its beginning in that chunk
     */
    public static List<ByteBuffer> slice(List<ByteBuffer> chunks, int chunk, int offset, long byteCount) {
        List<ByteBuffer> slice = new ArrayList<>(1);
        int index = chunk;
        int from = offset;
        for (long rest = byteCount; rest > 0; index++, from = 0) {
            int part = (int) Math.min(rest, chunks.get(index).capacity() - from);
            slice.add(chunks.get(index).slice(from, part).order(ByteOrder.LITTLE_ENDIAN));
            rest -= part;
        }
        return slice;
    }

    /** Copies all remaining bytes. */
    public static void copy(List<ByteBuffer> from, List<ByteBuffer> to) {
        walk(from, to, (source, position, target, targetPosition, length) -> {
            target.put(targetPosition, source, position, length);
            return true;
        });
    }

    /** Whether all remaining bytes are equal. */
    public static boolean equal(List<ByteBuffer> lefts, List<ByteBuffer> rights) {
        return walk(
                lefts,
                rights,
                (left, position, right, rightPosition, length) ->
                        left.slice(position, length).mismatch(right.slice(rightPosition, length)) < 0);
    }

    /** Total number of remaining bytes. */
    public static long byteCount(List<ByteBuffer> chunks) {
        return chunks.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    /**
     * Passes stretches of equal length to the visitor until it returns false; returns whether it never did. Uses
     * positions instead of duplicate buffers, because C2 scalar-replaces those, and in JDK 25 it has miscompiled one of
     * them (JDK-8385993).
     */
    private static boolean walk(List<ByteBuffer> lefts, List<ByteBuffer> rights, Visitor visitor) {
        int index = 0;
        int taken = 0;
        for (ByteBuffer left : lefts) {
            int position = left.position();
            while (position < left.limit()) {
                ByteBuffer right = rights.get(index);
                int length = Math.min(left.limit() - position, right.remaining() - taken);
                if (!visitor.visit(left, position, right, right.position() + taken, length)) {
                    return false;
                }
                position += length;
                taken += length;
                if (taken == right.remaining()) {
                    index++;
                    taken = 0;
                }
            }
        }
        return true;
    }

    private interface Visitor {
        boolean visit(ByteBuffer left, int position, ByteBuffer right, int rightPosition, int length);
    }
}
