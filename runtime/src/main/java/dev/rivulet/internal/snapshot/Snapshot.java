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
 * A copy of the training state at one moment, lent by a {@link SnapshotPool}. What can be sealed, repaired and restored
 * are the weights, because nothing else is shown to foreign code.
 *
 * <p>Closing it gives the memory back to the pool, which overwrites it: whoever still uses one of its tensors then reads
 * another moment's values. Safe for use by several threads, one at a time.
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

    /** How long it took to copy them, in nanoseconds. */
    public long copyNanos() {
        return copyNanos;
    }

    /** The copies of the weights by name, in their order. They borrow the snapshot's memory, until it is closed. */
    public synchronized Map<String, Tensor> weights() {
        return open().weights();
    }

    /** The copies of the other arrays by name, in their order. They borrow the snapshot's memory, until it is closed. */
    public synchronized Map<String, Tensor> state() {
        return open().state();
    }

    /**
     * Computes the CRC-32C of every weight, if that has not been done: from now on changes can be noticed. Reads them
     * all, so it takes about as long as their copy did.
     */
    public synchronized void seal() {
        if (seals == null) {
            seals = checksums(List.copyOf(open().weights().values()));
        }
    }

    /**
     * What identifies the values, as {@link WeightsDigest} has it. Seals the snapshot, if that has not been done.
     */
    public synchronized String digest() {
        seal();
        Map<String, Long> sealed = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            sealed.put(names.get(i), sealOf(i));
        }
        return WeightsDigest.of(open().weights(), (name, tensor) -> Objects.requireNonNull(sealed.get(name), name));
    }

    /**
     * Name of the first weight whose bytes are not those of the seal, whoever wrote them.
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
     * Puts right what somebody wrote into the copies, or into the arrays themselves, since the copy was taken and sealed:
     * each is the other's backup. To be called on the thread that trains, before training goes on.
     *
     * @return name of the first tensor that had been changed
     * @throws LostWeightsException if a tensor was changed in both places
     * @throws IllegalStateException if the snapshot is not sealed
     */
    public synchronized Optional<String> repairWithLive() {
        Optional<String> first = Optional.empty();
        try (LiveTensors loan = new LiveTensors()) {
            List<Tensor> originals = open().liveWeights(loan);
            List<Tensor> copies = List.copyOf(open().weights().values());
            long[] ofOriginals = checksums(originals);
            long[] ofCopies = checksums(copies);
            for (int i = 0; i < ofCopies.length; i++) {
                boolean copyIntact = ofCopies[i] == sealOf(i);
                boolean originalIntact = ofOriginals[i] == sealOf(i);
                if (copyIntact && originalIntact) {
                    continue;
                }
                String name = names.get(i);
                if (copyIntact) {
                    NDArrays.write(copies.get(i), pool.array(name));
                } else if (originalIntact) {
                    open().write(i, originals.get(i));
                } else {
                    throw new LostWeightsException(name);
                }
                first = first.isEmpty() ? Optional.of(name) : first;
            }
        }
        return first;
    }

    /**
     * A second copy of the weights, for the time in which code that is not trusted sees them. Allocated at the first use and kept
     * by the pool for the next.
     *
     * @throws OutOfMemoryError if the JVM's limit of direct memory is reached
     */
    public synchronized SnapshotBackup backup() {
        Arena copy = pool.spare();
        copy.copyWeights(open());
        return new SnapshotBackup(this, copy);
    }

    /** Where a tensor can be had again. */
    @FunctionalInterface
    public interface Source {

        /** A tensor as it was when the snapshot was sealed. */
        Tensor read(String name) throws IOException;
    }

    /**
     * Puts right the weights whose bytes are not those of the seal.
     *
     * @throws IOException if the source fails; some weights may be put right then
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

    /** Gives the memory back to the pool, once. */
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
                    "The snapshot is closed and its memory holds another by now; close it when all is done.");
        }
        return arena;
    }

    private long sealOf(int index) {
        if (seals == null) {
            throw new IllegalStateException("The snapshot is not sealed, so changes cannot be noticed; seal it first.");
        }
        return seals[index];
    }

    private static long[] checksums(List<Tensor> tensors) {
        long[] checksums = new long[tensors.size()];
        SharedLoop.run(checksums.length, i -> checksums[i] = tensors.get(i).crc32c());
        return checksums;
    }
}
