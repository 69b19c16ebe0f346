package dev.rivulet.tensor;

import java.nio.ByteBuffer;
import java.util.List;

/** Two lists of buffers of equal total size, walked side by side whatever their boundaries. Positions given stay. */
final class Chunks {
    private Chunks() {}

    /** Copies all remaining bytes. */
    static void copy(List<ByteBuffer> from, List<ByteBuffer> to) {
        walk(from, to, (source, position, target, targetPosition, length) -> {
            target.put(targetPosition, source, position, length);
            return true;
        });
    }

    /** Whether all remaining bytes are the same. */
    static boolean equal(List<ByteBuffer> lefts, List<ByteBuffer> rights) {
        return walk(
                lefts,
                rights,
                (left, position, right, rightPosition, length) ->
                        left.slice(position, length).mismatch(right.slice(rightPosition, length)) < 0);
    }

    /** Bytes that remain in all of them. */
    static long byteCount(List<ByteBuffer> chunks) {
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
