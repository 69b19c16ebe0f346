package dev.rivulet;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.save.SaveHooks;
import java.util.List;

/** The save hooks of the callbacks and of the module. */
final class UserSaveHooks implements SaveHooks {
    private final List<? extends SaveHooks> callbacks;
    private final DeclaredStreams declared;
    private final boolean addEntries;

    UserSaveHooks(List<? extends SaveHooks> callbacks, DeclaredStreams declared) {
        this.callbacks = callbacks;
        this.declared = declared;
        // Computed once per fit: guarding hooks costs a comparison of all weights per save.
        this.addEntries = declared.addsEntries() || callbacks.stream().anyMatch(SaveHooks::addEntries);
    }

    @Override
    public boolean addEntries() {
        return addEntries;
    }

    @Override
    public void onSaveCheckpoint(Checkpoint checkpoint) throws Exception {
        for (SaveHooks callback : callbacks) {
            callback.onSaveCheckpoint(checkpoint);
        }
        declared.onSaveCheckpoint(checkpoint.stream(), checkpoint);
    }

    @Override
    public void onCheckpointCommitted(CommittedCheckpoint checkpoint) throws Exception {
        for (SaveHooks callback : callbacks) {
            callback.onCheckpointCommitted(checkpoint);
        }
    }
}
