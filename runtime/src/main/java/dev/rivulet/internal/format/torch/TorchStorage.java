package dev.rivulet.internal.format.torch;

import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of which tensors in a PyTorch file are views. Tensors that share a storage share its bytes, which are stored
 * once.
 *
 * <p>Storages are compared by identity.
 */
public abstract sealed class TorchStorage {
    private TorchStorage() {}

    /** A storage of a tensor's elements. It borrows them, so it is valid as long as the tensor. */
    public static TorchStorage of(Tensor elements) {
        return new InMemory(elements);
    }

    /** Size in bytes. */
    public abstract long byteCount();

    /** A storage in memory. */
    static final class InMemory extends TorchStorage {
        private final Tensor elements;

        private InMemory(Tensor elements) {
            this.elements = elements;
        }

        Tensor elements() {
            return elements;
        }

        /** A range of its bytes, in order. */
        List<ByteBuffer> slice(long from, long byteCount) {
            List<ByteBuffer> slices = new ArrayList<>();
            long chunkStart = 0;
            for (ByteBuffer chunk : elements.chunks()) {
                long begin = Math.max(from - chunkStart, 0);
                long end = Math.min(from + byteCount - chunkStart, chunk.remaining());
                if (begin < end) {
                    slices.add(chunk.slice((int) begin, (int) (end - begin)));
                }
                chunkStart += chunk.remaining();
            }
            return slices;
        }

        @Override
        public long byteCount() {
            return elements.byteCount();
        }
    }

    /** A storage in a file, read on request. */
    static final class InFile extends TorchStorage {
        private final ArchiveRecord record;

        InFile(ArchiveRecord record) {
            this.record = record;
        }

        ArchiveRecord record() {
            return record;
        }

        @Override
        public long byteCount() {
            return record.byteCount();
        }
    }
}
