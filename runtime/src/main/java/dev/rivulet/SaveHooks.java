package dev.rivulet;

/** Told of every save, on the training thread. */
interface SaveHooks {

    /** Whether there is anybody to be told before a checkpoint is written. */
    boolean addEntries();

    /** Before a checkpoint is written: the time to add entries. */
    void onSaveCheckpoint(Checkpoint checkpoint) throws Exception;

    /** When a checkpoint is durable. */
    void onCheckpointCommitted(CommittedCheckpoint checkpoint) throws Exception;
}
