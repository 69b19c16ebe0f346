package dev.rivulet.internal.format.torch;

import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory that tensors of a PyTorch file are views of. Those that share one share its bytes, which are stored once.
 *
 * <p>Two storages are the same if they are one object.
 */
public abstract sealed class TorchStorage {
    private TorchStorage() {}

    /** The elements of a tensor as a storage, which borrows them: it is valid as long as the tensor. */
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

        /** Bytes of it, in order. */
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

    /** A storage in a file, read when asked for. */
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
