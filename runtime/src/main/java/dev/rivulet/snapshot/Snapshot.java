package dev.rivulet.snapshot;

import ai.djl.ndarray.NDArray;
import dev.rivulet.tensor.DirectMemory;
import dev.rivulet.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A copy of arrays in memory of its own, allocated at the first copy and reused by every later one.
 *
 * <p>{@link #take} overwrites what earlier copies lent out, so tensors of a snapshot are used only until the next one.
 * Confined to one thread.
 */
public final class Snapshot {
    private final Map<String, NDArray> live;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, DirectMemory> memory = new LinkedHashMap<>();
    private final Map<String, Long> checksums = new LinkedHashMap<>();

    /**
     * A snapshot of arrays that stay the same objects for its lifetime.
     *
     * @param live the arrays to copy, by name
     */
    public Snapshot(Map<String, NDArray> live) {
        this.live = live;
    }

    /** Copies the arrays as they are now. */
    public void take() {
        try (LiveTensors loan = new LiveTensors()) {
            live.forEach((name, array) -> copy(name, loan.view(array)));
        }
    }

    /** The copies by name, in the order of the arrays. */
    public Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** Name of the first tensor that is not what was copied, because somebody wrote into the snapshot. */
    public Optional<String> findChange() {
        return tensors.entrySet().stream()
                .filter(entry -> entry.getValue().crc32c() != checksums.get(entry.getKey()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private void copy(String name, Tensor source) {
        DirectMemory target = memory.computeIfAbsent(name, unused -> DirectMemory.allocate(source.byteCount()));
        source.copyTo(target.chunks());
        Tensor copied = target.asTensor(source.dtype(), source.shape());
        tensors.put(name, copied);
        checksums.put(name, copied.crc32c());
    }
}
