package dev.rivulet.internal.memory;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of any size as a list of buffers. Two lists of equal total size are walked side by side, whatever their
 * boundaries. Positions of given buffers stay.
 */
public final class Chunks {
    /** Bytes of every allocated buffer but the last: 1 GiB, a multiple of every element size. */
    public static final int BYTES = 1 << 30;

    /** A cache line, and what libtorch's own allocator gives. */
    private static final int ALIGNMENT = 64;

    private Chunks() {}

    /**
     * Zeroed memory outside the Java heap: buffers that each begin at a multiple of 64 bytes, none for no bytes.
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

    /** Copies all remaining bytes. */
    public static void copy(List<ByteBuffer> from, List<ByteBuffer> to) {
        walk(from, to, (source, position, target, targetPosition, length) -> {
            target.put(targetPosition, source, position, length);
            return true;
        });
    }

    /** Whether all remaining bytes are the same. */
    public static boolean equal(List<ByteBuffer> lefts, List<ByteBuffer> rights) {
        return walk(
                lefts,
                rights,
                (left, position, right, rightPosition, length) ->
                        left.slice(position, length).mismatch(right.slice(rightPosition, length)) < 0);
    }

    /** Bytes that remain in all of them. */
    public static long byteCount(List<ByteBuffer> chunks) {
        return chunks.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    /**
     * Shows stretches of equal length to the visitor until it says no; whether it never did. Goes by positions rather than by
     * buffers of its own that move: those C2 takes off the heap, and in JDK 25 it has lost one of them (JDK-8385993).
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
