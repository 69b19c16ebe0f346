package dev.rivulet;

import java.util.List;

/** The callbacks' and the module's hooks at a save. */
final class UserSaveHooks implements SaveHooks {
    private final Trainer trainer;
    private final LightningModule module;
    private final List<Callback> callbacks;
    private final RegistryChain registries;
    private final boolean addEntries;

    UserSaveHooks(Trainer trainer, LightningModule module, List<Callback> callbacks, RegistryChain registries) {
        this.trainer = trainer;
        this.module = module;
        this.callbacks = callbacks;
        this.registries = registries;
        // Asked once per fit: to watch hooks that do nothing would cost a comparison of all weights per save.
        this.addEntries = registries.addsEntries()
                || callbacks.stream()
                        .anyMatch(callback -> RegistryChain.overrides(callback, Callback.class, "onSaveCheckpoint"));
    }

    @Override
    public boolean addEntries() {
        return addEntries;
    }

    @Override
    public void onSaveCheckpoint(Checkpoint checkpoint) throws Exception {
        for (Callback callback : callbacks) {
            callback.onSaveCheckpoint(trainer, module, checkpoint);
        }
        registries.onSaveCheckpoint(checkpoint.stream(), checkpoint);
    }

    @Override
    public void onCheckpointCommitted(CommittedCheckpoint checkpoint) throws Exception {
        for (Callback callback : callbacks) {
            callback.onCheckpointCommitted(trainer, module, checkpoint);
        }
    }
}
