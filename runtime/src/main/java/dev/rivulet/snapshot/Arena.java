package dev.rivulet.snapshot;

import dev.rivulet.concurrent.SharedLoop;
import dev.rivulet.tensor.DirectMemory;
import dev.rivulet.tensor.LiveArray;
import dev.rivulet.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Memory for one copy of all arrays, touched when it is allocated and used again and again. */
final class Arena {
    /** What is copied without a look for help: less than a thread takes to begin. */
    private static final int SMALL_BYTES = 1 << 18;

    /** What one thread copies at a time. */
    private static final int PIECE_BYTES = 1 << 22;

    private final List<Slot> slots = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** Memory of an array's copy. */
    private record Slot(LiveArray array, Tensor tensor, List<ByteBuffer> memory) {
        boolean isSmall() {
            return memory.size() == 1 && memory.get(0).capacity() <= SMALL_BYTES;
        }
    }

    /** A part of a large array's copy. */
    private record Piece(int slot, int from, ByteBuffer memory) {}

    /**
     * Allocates and touches the memory.
     *
     * @param arrays what is copied, in the order of the tensors
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    Arena(Map<String, LiveArray> arrays, ArenaLayout layout) {
        List<ByteBuffer> chunks = new ArrayList<>();
        for (int bytes : layout.chunkBytes()) {
            chunks.add(DirectMemory.allocate(bytes).chunks().get(0));
        }
        arrays.forEach((name, array) -> {
            List<ByteBuffer> memory = memory(chunks, layout.place(name), array.byteCount());
            Slot slot = new Slot(array, Tensor.of(array.dtype(), array.shape(), memory), memory);
            if (!slot.isSmall()) {
                addPieces(slots.size(), memory);
            }
            slots.add(slot);
            tensors.put(name, slot.tensor());
        });
    }

    private static List<ByteBuffer> memory(List<ByteBuffer> chunks, ArenaLayout.Place place, long byteCount) {
        List<ByteBuffer> memory = new ArrayList<>(1);
        int chunk = place.chunk();
        int offset = place.offset();
        for (long rest = byteCount; rest > 0; chunk++, offset = 0) {
            int part = (int) Math.min(rest, chunks.get(chunk).capacity() - offset);
            memory.add(chunks.get(chunk).slice(offset, part).order(ByteOrder.LITTLE_ENDIAN));
            rest -= part;
        }
        return memory;
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

    /** The copies by name, in the order of the arrays. */
    Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** Copies the arrays as they are now. Ends when nothing reads them any more. */
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

    /** The arrays themselves, in order. */
    List<Tensor> liveTensors(LiveTensors loan) {
        List<Tensor> live = new ArrayList<>(slots.size());
        for (Slot slot : slots) {
            LiveArray array = slot.array();
            Optional<ByteBuffer> buffer = array.buffer();
            live.add(
                    buffer.isPresent()
                            ? Tensor.of(array.dtype(), array.shape(), buffer.get())
                            : loan.view(array.array()));
        }
        return live;
    }

    /** Replaces one copy, counted in the order of the arrays. */
    void write(int slot, Tensor source) {
        source.copyTo(slots.get(slot).memory());
    }

    /** Copies what another arena of the same layout holds. */
    void copyFrom(Arena other) {
        for (int i = 0; i < slots.size(); i++) {
            copy(other, i);
        }
    }

    /**
     * Copies what another arena of the same layout holds, where it differs.
     *
     * @return name of the first tensor that differed
     */
    Optional<String> copyDifferencesFrom(Arena other) {
        Optional<String> first = Optional.empty();
        int i = 0;
        for (String name : tensors.keySet()) {
            if (!slots.get(i).tensor().contentEquals(other.slots.get(i).tensor())) {
                copy(other, i);
                first = first.isEmpty() ? Optional.of(name) : first;
            }
            i++;
        }
        return first;
    }

    private void copy(Arena other, int slot) {
        other.slots.get(slot).tensor().copyTo(slots.get(slot).memory());
    }

    private static void copy(Piece piece, ByteBuffer[] large) {
        ByteBuffer live = large[piece.slot()];
        if (live != null) {
            piece.memory().put(0, live, piece.from(), piece.memory().capacity());
        }
    }
}
