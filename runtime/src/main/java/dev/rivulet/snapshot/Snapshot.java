package dev.rivulet.snapshot;

import ai.djl.ndarray.NDArray;
import dev.rivulet.tensor.DirectMemory;
import dev.rivulet.tensor.LiveTensors;
import dev.rivulet.tensor.NDArrays;
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

    /**
     * Allocates the memory, so that a lack of it is known before it is needed.
     *
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    public void reserve() {
        try (LiveTensors loan = new LiveTensors()) {
            live.forEach((name, array) -> memoryFor(name, loan.view(array)));
        }
    }

    private DirectMemory memoryFor(String name, Tensor source) {
        return memory.computeIfAbsent(name, unused -> DirectMemory.allocate(source.byteCount()));
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

    /**
     * Puts right what somebody wrote into the copies, or into the arrays themselves, since the copy was taken: each is
     * the other's backup.
     *
     * @return name of the first tensor that had been changed
     * @throws LostWeightsException if a tensor was changed in both places
     */
    public Optional<String> repair() {
        Optional<String> changed = Optional.empty();
        try (LiveTensors loan = new LiveTensors()) {
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                String name = entry.getKey();
                if (repair(name, entry.getValue(), array(name), loan) && changed.isEmpty()) {
                    changed = Optional.of(name);
                }
            }
        }
        return changed;
    }

    private boolean repair(String name, Tensor copy, NDArray array, LiveTensors loan) {
        Tensor original = loan.view(array);
        boolean copyIntact = isIntact(name, copy);
        boolean originalIntact = isIntact(name, original);
        if (!copyIntact && !originalIntact) {
            throw new LostWeightsException(name);
        }
        if (!copyIntact) {
            copy(name, original);
        } else if (!originalIntact) {
            NDArrays.write(copy, array);
        }
        return !copyIntact || !originalIntact;
    }

    private boolean isIntact(String name, Tensor tensor) {
        Long expected = checksums.get(name);
        return expected != null && expected == tensor.crc32c();
    }

    private NDArray array(String name) {
        NDArray array = live.get(name);
        if (array == null) {
            throw new IllegalStateException("The arrays of a snapshot lost \"" + name + "\".");
        }
        return array;
    }

    private void copy(String name, Tensor source) {
        DirectMemory target = memoryFor(name, source);
        source.copyTo(target.chunks());
        Tensor copied = target.asTensor(source.dtype(), source.shape());
        tensors.put(name, copied);
        checksums.put(name, copied.crc32c());
    }
}
