package dev.rivulet.internal.snapshot;

import dev.rivulet.checkpoint.LostWeightsException;
import dev.rivulet.internal.concurrent.SharedLoop;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.internal.tensor.WeightsDigest;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the training state at one step, lent by a {@link SnapshotPool}. Only the weights can be sealed, repaired
 * and restored, because user code sees nothing else.
 *
 * <p>Closing it returns the memory to the pool, which overwrites it: a tensor that is used after that shows the values
 * of another step. Thread-safe.
 */
public final class Snapshot implements AutoCloseable {
    private final SnapshotPool pool;
    private final List<String> names;
    private final long copyNanos;
    private @Nullable Arena arena;
    private long @Nullable [] seals;

    Snapshot(SnapshotPool pool, Arena arena, long copyNanos) {
        this.pool = pool;
        this.copyNanos = copyNanos;
        this.arena = arena;
        this.names = List.copyOf(arena.weights().keySet());
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

    /**
     * Computes the CRC-32C of every weight once, so that later changes are detected. Takes about as long as the copy.
     */
    public synchronized void seal() {
        if (seals == null) {
            seals = checksums(List.copyOf(open().weights().values()));
        }
    }

    /** The {@link WeightsDigest} of the weights. Seals the snapshot. */
    public synchronized String digest() {
        seal();
        Map<String, Long> sealed = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            sealed.put(names.get(i), sealOf(i));
        }
        return WeightsDigest.of(open().weights(), (name, tensor) -> Objects.requireNonNull(sealed.get(name), name));
    }

    /**
     * The name of the first weight that has changed since the snapshot was sealed.
     *
     * @throws IllegalStateException if the snapshot is not sealed
     */
    public synchronized Optional<String> firstChanged() {
        long[] now = checksums(List.copyOf(open().weights().values()));
        for (int i = 0; i < now.length; i++) {
            if (now[i] != sealOf(i)) {
                return Optional.of(names.get(i));
            }
        }
        return Optional.empty();
    }

    /**
     * Restores copies that have changed since they were sealed from the live arrays, and the live arrays from the
     * copies. For the training thread, before training continues.
     *
     * @return the name of the first tensor that had changed
     * @throws LostWeightsException if both the array and the copy of a tensor have changed
     * @throws IllegalStateException if the snapshot is not sealed
     */
    public synchronized Optional<String> repairWithLive() {
        Optional<String> first = Optional.empty();
        try (LiveTensors loan = new LiveTensors()) {
            List<Tensor> live = open().liveWeights(loan);
            List<Tensor> copies = List.copyOf(open().weights().values());
            long[] liveChecksums = checksums(live);
            long[] copyChecksums = checksums(copies);
            for (int i = 0; i < copyChecksums.length; i++) {
                boolean copyIntact = copyChecksums[i] == sealOf(i);
                boolean liveIntact = liveChecksums[i] == sealOf(i);
                if (copyIntact && liveIntact) {
                    continue;
                }
                String name = names.get(i);
                if (copyIntact) {
                    NDArrays.write(copies.get(i), pool.array(name));
                } else if (liveIntact) {
                    open().write(i, live.get(i));
                } else {
                    throw new LostWeightsException(name);
                }
                first = first.isEmpty() ? Optional.of(name) : first;
            }
        }
        return first;
    }

    /**
     * A second copy of the weights, for calls of user code that is not verified. Its memory is allocated at the first
     * use and reused.
     *
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    public synchronized SnapshotBackup backup() {
        Arena copy = pool.spare();
        copy.copyWeights(open());
        return new SnapshotBackup(this, copy);
    }

    /** Provides the original content of tensors. */
    @FunctionalInterface
    public interface Source {

        /** Reads a tensor as it was when the snapshot was sealed. */
        Tensor read(String name) throws IOException;
    }

    /**
     * Restores the weights that have changed since the snapshot was sealed.
     *
     * @throws IOException if the source fails; some weights may have been restored by then
     * @throws IllegalStateException if the snapshot is not sealed
     */
    public synchronized void restore(Source source) throws IOException {
        long[] now = checksums(List.copyOf(open().weights().values()));
        for (int i = 0; i < now.length; i++) {
            if (now[i] != sealOf(i)) {
                open().write(i, source.read(names.get(i)));
            }
        }
    }

    /** Returns the memory to the pool. Idempotent. */
    @Override
    public synchronized void close() {
        if (arena != null) {
            pool.free(arena);
            arena = null;
        }
    }

    SnapshotPool pool() {
        return pool;
    }

    synchronized Optional<String> restore(Arena backup) {
        return open().copyChangedWeights(backup);
    }

    private Arena open() {
        if (arena == null) {
            throw new IllegalStateException(
                    "The snapshot is closed and its memory has been reused; close it only after its last use.");
        }
        return arena;
    }

    private long sealOf(int index) {
        if (seals == null) {
            throw new IllegalStateException(
                    "The snapshot is not sealed, so changes cannot be detected; seal it first.");
        }
        return seals[index];
    }

    private static long[] checksums(List<Tensor> tensors) {
        long[] checksums = new long[tensors.size()];
        SharedLoop.run(checksums.length, i -> checksums[i] = tensors.get(i).crc32c());
        return checksums;
    }
}
