package dev.rivulet.internal.save;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;

/** Notified of every save, on the training thread. */
public interface SaveHooks {

    /** Whether {@link #onSaveCheckpoint} may add entries; the same for the whole fit. */
    boolean addEntries();

    /** Called before a checkpoint is written; may add entries. */
    void onSaveCheckpoint(Checkpoint checkpoint) throws Exception;

    /** Called when a checkpoint is durable. */
    void onCheckpointCommitted(CommittedCheckpoint checkpoint) throws Exception;
}
