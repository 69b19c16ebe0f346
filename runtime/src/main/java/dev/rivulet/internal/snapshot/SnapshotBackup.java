package dev.rivulet.internal.snapshot;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A second copy of a {@link Snapshot}, from which it is put right. For one thread. */
public final class SnapshotBackup implements AutoCloseable {
    private final Snapshot snapshot;
    private @Nullable Arena copy;

    SnapshotBackup(Snapshot snapshot, Arena copy) {
        this.snapshot = snapshot;
        this.copy = copy;
    }

    /**
     * Puts back the bytes that were changed since the backup was made.
     *
     * @return name of the first tensor that had been changed
     * @throws IllegalStateException if the snapshot or this is closed
     */
    public Optional<String> restore() {
        if (copy == null) {
            throw new IllegalStateException("The backup is closed.");
        }
        return snapshot.restore(copy);
    }

    /** Leaves the memory to the next backup. */
    @Override
    public void close() {
        if (copy != null) {
            snapshot.pool().freeSpare(copy);
            copy = null;
        }
    }
}
