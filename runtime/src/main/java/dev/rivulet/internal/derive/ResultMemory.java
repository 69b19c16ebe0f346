package dev.rivulet.internal.derive;

import dev.rivulet.internal.memory.Chunks;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * Memory for copies of what transforms return. Reused from save to save, because writing to fresh memory is ten times
 * as slow. Thread-safe.
 */
final class ResultMemory {
    private static final int ALIGNMENT = 64;

    /** Blocks that no copy uses. */
    private final LinkedBlockingDeque<Block> free = new LinkedBlockingDeque<>(4);

    /** Memory of any size, in chunks. Not a record, because two blocks are never equal. */
    private static final class Block {
        private final List<ByteBuffer> chunks;

        private Block(List<ByteBuffer> chunks) {
            this.chunks = chunks;
        }

        long byteCount() {
            return Chunks.byteCount(chunks);
        }

        List<ByteBuffer> slice(long from, long byteCount) {
            return Chunks.slice(chunks, Math.toIntExact(from / Chunks.BYTES), (int) (from % Chunks.BYTES), byteCount);
        }
    }

    /** Copies of tensors by name, valid until they are closed. */
    final class Copies implements AutoCloseable {
        private final Block block;
        private final Map<String, Tensor> tensors;

        private Copies(Block block, Map<String, Tensor> tensors) {
            this.block = block;
            this.tensors = tensors;
        }

        Map<String, Tensor> tensors() {
            return tensors;
        }

        /** Returns the memory for reuse, and lets go of the memory that was not reused for longest. */
        @Override
        public void close() {
            while (block.byteCount() > 0 && !free.offerFirst(block)) {
                free.pollLast();
            }
        }
    }

    /**
     * Copies tensors.
     *
     * @param safe tensors that user code cannot reach, which are not copied
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    Copies copy(Map<String, Tensor> tensors, Collection<Tensor> safe) {
        Set<Tensor> kept = Set.copyOf(safe);
        Block block = block(tensors.values().stream()
                .filter(tensor -> !kept.contains(tensor))
                .mapToLong(tensor -> aligned(tensor.byteCount()))
                .sum());
        Map<String, Tensor> copies = new LinkedHashMap<>();
        long at = 0;
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            Tensor tensor = named.getValue();
            if (kept.contains(tensor)) {
                copies.put(named.getKey(), tensor);
                continue;
            }
            List<ByteBuffer> memory = block.slice(at, tensor.byteCount());
            tensor.copyTo(memory);
            copies.put(named.getKey(), Tensor.of(tensor.dtype(), tensor.shape(), memory));
            at += aligned(tensor.byteCount());
        }
        return new Copies(block, Collections.unmodifiableMap(copies));
    }

    /** A free block that is large enough, and not more than twice as large; otherwise a new one. */
    private Block block(long byteCount) {
        for (Block block : free) {
            if (block.byteCount() >= byteCount && block.byteCount() <= 2 * byteCount && free.remove(block)) {
                return block;
            }
        }
        return new Block(Chunks.allocate(byteCount));
    }

    private static long aligned(long byteCount) {
        return (byteCount + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
