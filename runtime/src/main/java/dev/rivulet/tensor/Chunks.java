package dev.rivulet.tensor;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiPredicate;

/** Two lists of buffers of equal total size, walked side by side whatever their boundaries. Positions given stay. */
final class Chunks {
    private Chunks() {}

    /** Copies all remaining bytes. */
    static void copy(List<ByteBuffer> from, List<ByteBuffer> to) {
        walk(from, to, (source, target) -> {
            target.put(source);
            return true;
        });
    }

    /** Whether all remaining bytes are the same. */
    static boolean equal(List<ByteBuffer> lefts, List<ByteBuffer> rights) {
        return walk(lefts, rights, (left, right) -> left.mismatch(right) < 0);
    }

    /** Bytes that remain in all of them. */
    static long byteCount(List<ByteBuffer> chunks) {
        return chunks.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    /** Gives stretches of equal length to the visitor until it says no; whether it never did. */
    private static boolean walk(
            List<ByteBuffer> lefts, List<ByteBuffer> rights, BiPredicate<ByteBuffer, ByteBuffer> visitor) {
        Iterator<ByteBuffer> nextRight = rights.iterator();
        ByteBuffer right = ByteBuffer.allocate(0);
        for (ByteBuffer chunk : lefts) {
            ByteBuffer left = chunk.duplicate();
            while (left.hasRemaining()) {
                while (!right.hasRemaining()) {
                    right = nextRight.next().duplicate();
                }
                int length = Math.min(left.remaining(), right.remaining());
                if (!visitor.test(take(left, length), take(right, length))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static ByteBuffer take(ByteBuffer buffer, int length) {
        ByteBuffer stretch = buffer.slice(buffer.position(), length);
        buffer.position(buffer.position() + length);
        return stretch;
    }
}
