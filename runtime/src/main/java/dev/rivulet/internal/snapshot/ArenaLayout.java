package dev.rivulet.internal.snapshot;

import dev.rivulet.internal.tensor.CodePointOrder;
import dev.rivulet.internal.tensor.LiveArray;
import dev.rivulet.tensor.Dtype;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays out arrays in an arena in the order of a safetensors file, so that they are written with few calls.
 *
 * <p>Types with larger elements come first; within one type, names ascend. Without gaps, each tensor is then aligned to
 * its element size. A tensor that does not fit into the rest of a chunk starts the next one; only a tensor that is
 * larger than a chunk is split.
 */
final class ArenaLayout {
    private final Map<String, Position> positions = new LinkedHashMap<>();
    private final List<Integer> chunkBytes = new ArrayList<>();
    private final long byteCount;

    /** The start of a tensor. */
    record Position(int chunk, int offset) {}

    /**
     * Lays out arrays.
     *
     * @param limit bytes of the largest chunk; a multiple of every element size
     */
    ArenaLayout(Map<String, LiveArray> arrays, int limit) {
        long total = 0;
        int used = limit;
        for (Map.Entry<String, LiveArray> named : inFileOrder(arrays)) {
            long size = named.getValue().byteCount();
            if (size > limit - used && size > 0) {
                chunkBytes.add(0);
                used = 0;
            }
            positions.put(named.getKey(), new Position(Math.max(0, chunkBytes.size() - 1), used));
            total += size;
            for (long rest = size; rest > 0; ) {
                if (used == limit) {
                    chunkBytes.add(0);
                    used = 0;
                }
                int part = (int) Math.min(rest, limit - used);
                used += part;
                chunkBytes.set(chunkBytes.size() - 1, used);
                rest -= part;
            }
        }
        this.byteCount = total;
    }

    private static List<Map.Entry<String, LiveArray>> inFileOrder(Map<String, LiveArray> arrays) {
        Comparator<Map.Entry<String, LiveArray>> byDtype =
                Comparator.comparing(entry -> entry.getValue().dtype(), Comparator.<Dtype>reverseOrder());
        return arrays.entrySet().stream()
                .sorted(byDtype.thenComparing(Map.Entry::getKey, CodePointOrder.ASCENDING))
                .toList();
    }

    /** The start of a tensor. */
    Position position(String name) {
        Position position = positions.get(name);
        if (position == null) {
            throw new IllegalArgumentException("The layout does not include \"" + name + "\".");
        }
        return position;
    }

    /** Sizes of the chunks. */
    List<Integer> chunkBytes() {
        return chunkBytes;
    }

    /** Bytes of all tensors. */
    long byteCount() {
        return byteCount;
    }
}
