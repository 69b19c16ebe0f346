package dev.rivulet.internal.snapshot;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A second copy of the weights of a {@link Snapshot}, to restore it from. For one thread. */
public final class SnapshotBackup implements AutoCloseable {
    private final Snapshot snapshot;
    private @Nullable Arena copy;

    SnapshotBackup(Snapshot snapshot, Arena copy) {
        this.snapshot = snapshot;
        this.copy = copy;
    }

    /**
     * Restores the tensors that have changed since the backup was made.
     *
     * @return the name of the first tensor that had changed
     * @throws IllegalStateException if the snapshot or this is closed
     */
    public Optional<String> restore() {
        if (copy == null) {
            throw new IllegalStateException("The backup is closed.");
        }
        return snapshot.restore(copy);
    }

    /** Returns the memory to the pool. */
    @Override
    public void close() {
        if (copy != null) {
            snapshot.pool().freeSpare(copy);
            copy = null;
        }
    }
}
