package dev.rivulet.internal.snapshot;

import dev.rivulet.internal.concurrent.SharedLoop;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.internal.tensor.WeightsDigest;
import dev.rivulet.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the training state at one step, lent by a {@link SnapshotPool}. User code cannot reach its memory.
 *
 * <p>Closing it returns the memory to the pool, which overwrites it: a tensor that is used after that shows the values
 * of another step. Thread-safe.
 */
public final class Snapshot implements AutoCloseable {
    private final SnapshotPool pool;
    private final long copyNanos;
    private @Nullable Arena arena;
    private @Nullable String digest;

    Snapshot(SnapshotPool pool, Arena arena, long copyNanos) {
        this.pool = pool;
        this.copyNanos = copyNanos;
        this.arena = arena;
    }

    /** Bytes of all copies. */
    public long byteCount() {
        return pool.byteCount();
    }

    /** Duration of the copy, in nanoseconds. */
    public long copyNanos() {
        return copyNanos;
    }

    /** The copies of the weights by name, in their order. They borrow the snapshot's memory, until it is closed. */
    public synchronized Map<String, Tensor> weights() {
        return open().weights();
    }

    /**
     * The copies of the other arrays by name, in their order. They borrow the snapshot's memory, until it is closed.
     */
    public synchronized Map<String, Tensor> state() {
        return open().state();
    }

    /** The {@link WeightsDigest} of the weights; the first call takes about as long as the copy. */
    public synchronized String digest() {
        if (digest == null) {
            List<String> names = List.copyOf(open().weights().keySet());
            List<Tensor> copies = List.copyOf(open().weights().values());
            Map<String, Long> checksums = new ConcurrentHashMap<>();
            SharedLoop.run(
                    copies.size(),
                    i -> checksums.put(names.get(i), copies.get(i).crc32c()));
            digest = WeightsDigest.of(
                    open().weights(), (name, tensor) -> Objects.requireNonNull(checksums.get(name), name));
        }
        return digest;
    }

    /**
     * Restores the live weights that differ from their copies. For the training thread, before training continues.
     *
     * @return the name of the first weight that differed
     */
    public synchronized Optional<String> restoreLive() {
        List<String> changed = open().changedWeights();
        changed.forEach(name -> NDArrays.write(Objects.requireNonNull(weights().get(name)), pool.array(name)));
        return changed.stream().findFirst();
    }

    /** Returns the memory to the pool. Idempotent. */
    @Override
    public synchronized void close() {
        if (arena != null) {
            pool.free(arena);
            arena = null;
        }
    }

    private Arena open() {
        if (arena == null) {
            throw new IllegalStateException(
                    "The snapshot is closed and its memory has been reused; close it only after its last use.");
        }
        return arena;
    }
}
