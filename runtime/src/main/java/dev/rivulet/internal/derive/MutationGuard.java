package dev.rivulet.internal.derive;

import dev.rivulet.checkpoint.LostWeightsException;
import dev.rivulet.internal.file.CheckpointCodec;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.snapshot.SnapshotBackup;
import dev.rivulet.transform.TransformException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Detects and undoes what user code, transforms and hooks, writes into a snapshot or into the live weights.
 *
 * <p>While training waits, the live weights and the snapshot are backups of each other; until a transform is verified
 * to change nothing, a third copy exists. Once training continues, the backup is the file of an untransformed stream,
 * or a copy in memory if this save writes no such file.
 *
 * <p>Used by one thread at a time: the training thread, then the writer thread. Owns the backup, not the snapshot.
 */
public final class MutationGuard implements AutoCloseable {
    private final Snapshot snapshot;
    private boolean trainingContinues;
    private @Nullable SavedCopy saved;
    private @Nullable SnapshotBackup backup;
    private @Nullable RuntimeException lost;

    /**
     * Guards a snapshot.
     *
     * @param snapshot a snapshot of the current weights; closed by the caller, after this
     */
    public MutationGuard(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /**
     * Notes that training continues, so that the live weights differ from now on. For the thread that uses this next.
     */
    public void handOver() {
        trainingContinues = true;
    }

    boolean trainingContinues() {
        return trainingContinues;
    }

    /** Notes a file that holds all of the snapshot's tensors. */
    void saved(CheckpointCodec codec, Path file) {
        saved = new SavedCopy(codec, file);
    }

    private record SavedCopy(CheckpointCodec codec, Path file) {
        void restore(Snapshot snapshot) throws IOException {
            try (CheckpointFile open = codec.open(file)) {
                snapshot.restore(open::read);
            }
        }
    }

    /**
     * Ensures that a backup exists.
     *
     * @param verified whether the code that is called next has been verified to change nothing
     */
    void prepare(boolean verified) {
        snapshot.seal();
        if (backup == null && (trainingContinues ? saved == null : !verified)) {
            backup = snapshot.backup();
        }
    }

    /**
     * Refuses to continue if weights could not be restored.
     *
     * @throws TransformException naming the code that changed them
     */
    void requireIntact() {
        if (lost != null) {
            throw new TransformException("The weights of this step are lost. " + lost.getMessage());
        }
    }

    /**
     * Runs user code, then restores the weights that it changed, even if it throws.
     *
     * @param who named in the message
     * @param moreChecks throws if the code has changed something else
     * @throws TransformException if it changed weights, which have been restored
     */
    public <T> T watch(String who, Callable<T> userCode, Runnable moreChecks) throws Exception {
        snapshot.seal();
        T result;
        try {
            result = userCode.call();
        } catch (Throwable failure) {
            try {
                refuseChange(who);
                moreChecks.run();
            } catch (RuntimeException change) {
                failure.addSuppressed(change);
            }
            throw failure;
        }
        refuseChange(who);
        moreChecks.run();
        return result;
    }

    private void refuseChange(String who) {
        Optional<String> changed = trainingContinues ? restoreFromBackup() : restoreWithLive();
        if (changed.isPresent()) {
            throw changed(who, "\"" + changed.get() + "\"");
        }
    }

    static TransformException changed(String who, String what) {
        return new TransformException(who + " changed " + what + " in place. The weights have been restored."
                + " Use operations that return a new array, such as mul instead of muli.");
    }

    /** Restores the live weights and the snapshot from each other. */
    private Optional<String> restoreWithLive() {
        try {
            return snapshot.repairWithLive();
        } catch (LostWeightsException e) {
            if (backup == null) {
                lost = e;
                throw e;
            }
            backup.restore();
            return snapshot.repairWithLive();
        }
    }

    private Optional<String> restoreFromBackup() {
        Optional<String> changed = snapshot.firstChanged();
        if (changed.isPresent()) {
            restore();
        }
        return changed;
    }

    private void restore() {
        if (saved != null) {
            try {
                saved.restore(snapshot);
            } catch (IOException e) {
                lost = new UncheckedIOException("The snapshot could not be restored from " + saved.file() + ".", e);
                throw lost;
            }
        } else if (backup != null) {
            backup.restore();
        }
    }

    @Override
    public void close() {
        if (backup != null) {
            backup.close();
            backup = null;
        }
    }
}
