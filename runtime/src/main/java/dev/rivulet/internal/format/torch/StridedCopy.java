package dev.rivulet.internal.format.torch;

import dev.rivulet.internal.memory.Chunks;
import java.nio.ByteBuffer;
import java.util.List;

/** Copies the elements of a view from its storage in row-major order. */
final class StridedCopy {
    private final List<ByteBuffer> storage;
    private final int elementBytes;
    private final long[] dimensions;
    private final long[] strides;
    private final List<ByteBuffer> target;
    private int chunk;

    private StridedCopy(TorchTensor tensor, List<ByteBuffer> storage, List<ByteBuffer> target) {
        this.storage = storage;
        this.elementBytes = tensor.dtype().alignment();
        this.dimensions = tensor.shape().dimensions();
        this.strides = tensor.strides();
        this.target = target;
    }

    /**
     * Copies all elements.
     *
     * @param storage chunks of {@link Chunks#BYTES}
     * @param target buffers for the elements; their positions do not change
     */
    static void copy(TorchTensor tensor, List<ByteBuffer> storage, List<ByteBuffer> target) {
        if (tensor.shape().elementCount() == 0) {
            return;
        }
        List<ByteBuffer> cursors = target.stream().map(ByteBuffer::duplicate).toList();
        StridedCopy copy = new StridedCopy(tensor, storage, cursors);
        if (tensor.isContiguous()) {
            copy.put(tensor.offset(), tensor.shape().elementCount());
        } else {
            copy.dimension(0, tensor.offset());
        }
    }

    private void dimension(int dimension, long element) {
        if (dimension == dimensions.length) {
            put(element, 1);
        } else if (dimension == dimensions.length - 1 && strides[dimension] == 1) {
            put(element, dimensions[dimension]);
        } else {
            for (long i = 0; i < dimensions[dimension]; i++) {
                dimension(dimension + 1, element + i * strides[dimension]);
            }
        }
    }

    /** Copies consecutive elements. */
    private void put(long element, long count) {
        long from = element * elementBytes;
        long rest = count * elementBytes;
        while (rest > 0) {
            ByteBuffer source = storage.get((int) (from / Chunks.BYTES));
            int offset = (int) (from % Chunks.BYTES);
            while (!target.get(chunk).hasRemaining()) {
                chunk++;
            }
            ByteBuffer into = target.get(chunk);
            int length = (int) Math.min(Math.min(rest, source.limit() - offset), into.remaining());
            into.put(into.position(), source, offset, length).position(into.position() + length);
            from += length;
            rest -= length;
        }
    }
}
