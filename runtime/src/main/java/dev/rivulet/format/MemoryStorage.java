package dev.rivulet.format;

import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A storage in memory. */
final class MemoryStorage implements TorchStorage {
    private final Tensor elements;

    MemoryStorage(Tensor elements) {
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
