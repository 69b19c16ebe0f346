package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;

/** Notified of every save, on the training thread. */
public interface SaveHooks {

    /** Whether {@link #onSaveCheckpoint} may add entries; the same for the whole fit. */
    boolean addEntries();

    /** Before a checkpoint is written: the time to add entries. */
    void onSaveCheckpoint(Checkpoint checkpoint) throws Exception;

    /** When a checkpoint is durable. */
    void onCheckpointCommitted(CommittedCheckpoint checkpoint) throws Exception;
}
