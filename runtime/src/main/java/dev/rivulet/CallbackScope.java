package dev.rivulet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Callbacks between setup and teardown: whatever happens, each that was set up is torn down. */
final class CallbackScope implements AutoCloseable {
    private final Trainer trainer;
    private final LightningModule module;
    private final List<Callback> running = new ArrayList<>();

    CallbackScope(Trainer trainer, LightningModule module) {
        this.trainer = trainer;
        this.module = module;
    }

    void setUp(List<Callback> callbacks) throws Exception {
        for (Callback callback : callbacks) {
            running.add(callback);
            callback.setup(trainer, module);
        }
    }

    @Override
    public void close() {
        @Nullable RuntimeException first = null;
        for (Callback callback : running) {
            try {
                callback.teardown(trainer, module);
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
