package dev.rivulet.internal.tensor;

import dev.rivulet.internal.memory.Chunks;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory outside the Java heap that is written once and then read as a tensor.
 *
 * <p>It consists of writable chunks of 1 GiB, the last one shorter, each beginning at a multiple of 64 bytes. The
 * garbage collector frees it when neither this object nor a tensor or buffer over it is reachable. The JVM limits the
 * total to {@code -XX:MaxDirectMemorySize}, by default the maximum heap size.
 */
public final class DirectMemory {
    private final List<ByteBuffer> chunks;

    private DirectMemory(List<ByteBuffer> chunks) {
        this.chunks = chunks;
    }

    /**
     * Allocates zeroed memory.
     *
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    public static DirectMemory allocate(long byteCount) {
        return new DirectMemory(Chunks.allocate(byteCount));
    }

    /** The memory in order: writable, little-endian buffers with independent positions. */
    public List<ByteBuffer> chunks() {
        List<ByteBuffer> duplicates = new ArrayList<>(chunks.size());
        for (ByteBuffer chunk : chunks) {
            duplicates.add(chunk.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        }
        return duplicates;
    }

    /**
     * The whole memory as a tensor, which borrows it: later writes change the tensor.
     *
     * @throws IllegalArgumentException if its size does not match the shape
     */
    public Tensor asTensor(Dtype dtype, TensorShape shape) {
        return Tensor.of(dtype, shape, chunks);
    }
}
