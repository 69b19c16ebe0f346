package dev.rivulet.internal.snapshot;

import dev.rivulet.internal.concurrent.SharedLoop;
import dev.rivulet.internal.memory.Chunks;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.internal.tensor.LiveArray;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Memory for one copy of all arrays, touched when it is allocated, then reused. The weights come first.
 */
final class Arena {
    /** Arrays up to this size are copied by one thread: starting another would take longer. */
    private static final int SMALL_BYTES = 1 << 18;

    /** The number of bytes that one thread copies at a time. */
    private static final int PIECE_BYTES = 1 << 22;

    private final List<Slot> slots = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Map<String, Tensor> state = new LinkedHashMap<>();
    private final long byteCount;

    /** The memory for the copy of one array. */
    private record Slot(LiveArray array, Tensor tensor, List<ByteBuffer> memory) {
        boolean isSmall() {
            return memory.size() == 1 && memory.get(0).capacity() <= SMALL_BYTES;
        }
    }

    /** A part of the copy of a large array. */
    private record Piece(int slot, int from, ByteBuffer memory) {}

    /**
     * Allocates and touches the memory.
     *
     * @param liveWeights the weights, in the order of their tensors
     * @param liveState the other arrays to copy
     * @param chunkLimit bytes of the largest chunk
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    Arena(Map<String, LiveArray> liveWeights, Map<String, LiveArray> liveState, int chunkLimit) {
        this.byteCount = add(liveWeights, weights, chunkLimit) + add(liveState, state, chunkLimit);
    }

    private long add(Map<String, LiveArray> arrays, Map<String, Tensor> tensors, int chunkLimit) {
        ArenaLayout layout = new ArenaLayout(arrays, chunkLimit);
        List<ByteBuffer> chunks = new ArrayList<>();
        for (int bytes : layout.chunkBytes()) {
            chunks.add(DirectMemory.allocate(bytes).chunks().get(0));
        }
        arrays.forEach((name, array) -> {
            ArenaLayout.Position position = layout.position(name);
            List<ByteBuffer> memory = Chunks.slice(chunks, position.chunk(), position.offset(), array.byteCount());
            Slot slot = new Slot(array, Tensor.of(array.dtype(), array.shape(), memory), memory);
            if (!slot.isSmall()) {
                addPieces(slots.size(), memory);
            }
            slots.add(slot);
            tensors.put(name, slot.tensor());
        });
        return layout.byteCount();
    }

    private void addPieces(int slot, List<ByteBuffer> memory) {
        int from = 0;
        for (ByteBuffer chunk : memory) {
            for (int at = 0; at < chunk.capacity(); at += PIECE_BYTES) {
                int part = Math.min(PIECE_BYTES, chunk.capacity() - at);
                pieces.add(new Piece(slot, from, chunk.slice(at, part)));
                from += part;
            }
        }
    }

    /** Bytes of all copies. */
    long byteCount() {
        return byteCount;
    }

    /** The copies of the weights by name, in their order. */
    Map<String, Tensor> weights() {
        return Collections.unmodifiableMap(weights);
    }

    /** The other copies by name. */
    Map<String, Tensor> state() {
        return Collections.unmodifiableMap(state);
    }

    /** Copies the arrays as they are now. Nothing reads them after this returns. */
    void copyArrays() {
        ByteBuffer[] large = new ByteBuffer[slots.size()];
        try (LiveTensors loan = new LiveTensors()) {
            for (int i = 0; i < large.length; i++) {
                Slot slot = slots.get(i);
                Optional<ByteBuffer> live = slot.array().buffer();
                if (live.isEmpty()) {
                    loan.view(slot.array().array()).copyTo(slot.memory());
                } else if (slot.isSmall()) {
                    slot.memory().get(0).put(0, live.get(), 0, live.get().capacity());
                } else {
                    large[i] = live.get();
                }
            }
        }
        SharedLoop.run(pieces.size(), i -> copy(pieces.get(i), large));
    }

    /** The live weights, in order. */
    List<Tensor> liveWeights(LiveTensors loan) {
        List<Tensor> live = new ArrayList<>(weights.size());
        for (Slot slot : slots.subList(0, weights.size())) {
            LiveArray array = slot.array();
            Optional<ByteBuffer> buffer = array.buffer();
            live.add(
                    buffer.isPresent()
                            ? Tensor.of(array.dtype(), array.shape(), buffer.get())
                            : loan.view(array.array()));
        }
        return live;
    }

    private static void copy(Piece piece, ByteBuffer[] large) {
        ByteBuffer live = large[piece.slot()];
        if (live != null) {
            piece.memory().put(0, live, piece.from(), piece.memory().capacity());
        }
    }
}
