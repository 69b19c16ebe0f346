package dev.rivulet.internal.derive;

import dev.rivulet.checkpoint.LostWeightsException;
import dev.rivulet.internal.file.CheckpointCodecs;
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
 * Watches user code, transforms and hooks: what it writes into a snapshot or into the live weights is noticed and undone.
 *
 * <p>While training waits, the live weights and the snapshot are each other's second copy, and there is a third while a
 * transform has yet to be verified to change nothing. Later, the file of an untransformed stream is the snapshot's second
 * copy, or a backup in memory if none is written at this save.
 *
 * <p>Used by one thread at a time: the training thread, then the writer's.
 */
public final class MutationGuard implements AutoCloseable {
    private final Snapshot snapshot;
    private boolean trainingContinues;
    private @Nullable Path saved;
    private @Nullable SnapshotBackup backup;
    private @Nullable RuntimeException lost;

    /**
     * Guards a snapshot of this moment.
     *
     * @param snapshot closed by the caller, after this
     */
    public MutationGuard(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** From now on the live weights go their own way; called on the thread that watches the rest. */
    public void handOver() {
        trainingContinues = true;
    }

    boolean trainingContinues() {
        return trainingContinues;
    }

    /** A file has been written that holds all of the snapshot's tensors. */
    void saved(Path file) {
        saved = file;
    }

    /**
     * Sees to it that there is something to restore from.
     *
     * @param verified whether what is called next is known to change nothing
     */
    void prepare(boolean verified) {
        snapshot.seal();
        if (backup == null && (trainingContinues ? saved == null : !verified)) {
            backup = snapshot.backup();
        }
    }

    /**
     * Refuses to continue with what could not be restored.
     *
     * @throws TransformException saying who destroyed the weights
     */
    void requireIntact() {
        if (lost != null) {
            throw new TransformException("The weights of this step are lost. " + lost.getMessage());
        }
    }

    /**
     * Runs user code, then restores what it wrote where it must not, also if it fails half way.
     *
     * @param who for the message
     * @param moreChecks looks for further changes, and throws if there are any
     * @throws TransformException if it changed weights, which are restored then
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
        Optional<String> changed = trainingContinues ? restored() : repaired();
        if (changed.isPresent()) {
            throw changed(who, "\"" + changed.get() + "\"");
        }
    }

    static TransformException changed(String who, String what) {
        return new TransformException(who + " changed " + what + " in place. The weights have been restored."
                + " Use operations that return a new array, such as mul instead of muli.");
    }

    /** Has the live weights and the snapshot restore each other. */
    private Optional<String> repaired() {
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

    private Optional<String> restored() {
        Optional<String> changed = snapshot.firstChanged();
        if (changed.isPresent()) {
            restore();
        }
        return changed;
    }

    private void restore() {
        try {
            if (saved != null) {
                try (CheckpointFile file = CheckpointCodecs.open(saved)) {
                    snapshot.restore(file::read);
                }
            } else if (backup != null) {
                backup.restore();
            }
        } catch (IOException e) {
            lost = new UncheckedIOException("The snapshot could not be restored from " + saved + ".", e);
            throw lost;
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
