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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Memory for one copy of all arrays, touched when it is allocated, then reused. The weights come first.
 */
final class Arena {
    /** The number of bytes that one thread copies at a time. */
    private static final int PIECE_BYTES = 1 << 22;

    /** The number of small arrays that one thread copies at a time. */
    private static final int PIECE_PARTS = 128;

    private final List<Slot> slots = new ArrayList<>();
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Map<String, Tensor> state = new LinkedHashMap<>();
    private final List<List<Part>> weightPieces;
    private final List<List<Part>> pieces;
    private final long byteCount;

    /** A part of an array, and the memory for its copy. */
    private record Part(Slot slot, int from, ByteBuffer memory) {

        /** Copies it; false if the array's memory must be located first. */
        boolean copy() {
            ByteBuffer live = slot.array().remembered();
            if (live != null) {
                memory.put(0, live, from, memory.capacity());
            }
            return live != null;
        }

        /** Whether the copy equals the array; false if the array's memory must be located first. */
        boolean isEqual() {
            ByteBuffer live = slot.array().remembered();
            return live != null && memory.mismatch(live.slice(from, memory.capacity())) < 0;
        }
    }

    /**
     * Allocates and touches the memory.
     *
     * @param liveWeights the weights, in the order of their tensors
     * @param liveState the other arrays to copy
     * @param chunkLimit bytes of the largest chunk
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    Arena(Map<String, LiveArray> liveWeights, Map<String, LiveArray> liveState, int chunkLimit) {
        long weightBytes = add(liveWeights, weights, chunkLimit);
        this.byteCount = weightBytes + add(liveState, state, chunkLimit);
        this.weightPieces = pieces(slots.subList(0, weights.size()));
        this.pieces = new ArrayList<>(weightPieces);
        pieces.addAll(pieces(slots.subList(weights.size(), slots.size())));
    }

    private long add(Map<String, LiveArray> arrays, Map<String, Tensor> tensors, int chunkLimit) {
        ArenaLayout layout = new ArenaLayout(arrays, chunkLimit);
        List<ByteBuffer> chunks = new ArrayList<>();
        for (int bytes : layout.chunkBytes()) {
            chunks.add(DirectMemory.allocate(bytes).chunks().get(0));
        }
        arrays.forEach((name, array) -> {
            ArenaLayout.Position position = layout.position(name);
            Slot slot = new Slot(array, Chunks.slice(chunks, position.chunk(), position.offset(), array.byteCount()));
            slots.add(slot);
            tensors.put(name, slot.tensor());
        });
        return layout.byteCount();
    }

    /** Shares the arrays out in pieces that take similar time. */
    private static List<List<Part>> pieces(List<Slot> slots) {
        List<List<Part>> pieces = new ArrayList<>();
        List<Part> piece = new ArrayList<>();
        int bytes = 0;
        for (Slot slot : slots) {
            for (Part part : parts(slot)) {
                if (piece.size() == PIECE_PARTS
                        || bytes > PIECE_BYTES - part.memory().capacity()) {
                    pieces.add(piece);
                    piece = new ArrayList<>();
                    bytes = 0;
                }
                piece.add(part);
                bytes += part.memory().capacity();
            }
        }
        if (!piece.isEmpty()) {
            pieces.add(piece);
        }
        return pieces;
    }

    private static List<Part> parts(Slot slot) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (ByteBuffer chunk : slot.memory()) {
            for (int at = 0; at < chunk.capacity(); at += PIECE_BYTES) {
                int bytes = Math.min(PIECE_BYTES, chunk.capacity() - at);
                parts.add(new Part(slot, from, chunk.slice(at, bytes)));
                from += bytes;
            }
        }
        return parts;
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
        try (LiveTensors loan = new LiveTensors()) {
            for (Slot slot : slotsOf(pieces, part -> !part.copy())) {
                slot.view(loan).copyTo(slot.memory());
            }
        }
    }

    /** The names of the weights that differ from their copies, in order. */
    List<String> changedWeights() {
        List<String> changed = new ArrayList<>();
        try (LiveTensors loan = new LiveTensors()) {
            Set<Slot> suspects = slotsOf(weightPieces, part -> !part.isEqual());
            int i = 0;
            for (String name : weights.keySet()) {
                Slot slot = slots.get(i++);
                if (suspects.contains(slot) && !slot.tensor().contentEquals(slot.view(loan))) {
                    changed.add(name);
                }
            }
        }
        return changed;
    }

    /** The arrays with a part for which the test, called on several threads, is true. */
    private Set<Slot> slotsOf(List<List<Part>> searched, Predicate<Part> test) {
        Set<Slot> found = ConcurrentHashMap.newKeySet();
        SharedLoop.run(searched.size(), i -> {
            for (Part part : searched.get(i)) {
                if (test.test(part)) {
                    found.add(part.slot());
                }
            }
        });
        return found;
    }
}
