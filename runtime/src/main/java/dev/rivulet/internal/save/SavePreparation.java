package dev.rivulet.internal.save;

import java.util.ArrayList;
import java.util.List;

/**
 * Prepares one save on the training thread, before the writer continues it: runs the transforms and hooks that see the
 * module. These are user code; whatever one of them throws, the other streams are saved.
 */
final class SavePreparation {
    private final SaveRequest request;
    private final SaveHooks hooks;
    private final SaveOutcome refused;
    private final List<PendingSave> prepared = new ArrayList<>();

    /**
     * A preparation.
     *
     * @param refused receives the failures
     */
    SavePreparation(SaveRequest request, SaveHooks hooks, SaveOutcome refused) {
        this.request = request;
        this.hooks = hooks;
        this.refused = refused;
    }

    /**
     * Prepares the streams that are due.
     *
     * @param due sources before derived streams
     * @return the saves that the writer continues
     */
    List<PendingSave> prepare(List<PendingSave> due) {
        due.forEach(this::prepare);
        if (hooks.addEntries()) {
            List.copyOf(prepared).forEach(this::callHooks);
        }
        request.seal();
        return List.copyOf(prepared);
    }

    private void prepare(PendingSave save) {
        prepared.add(save);
        try {
            request.prepare(save.stream());
        } catch (Throwable e) {
            drop(save, e);
        }
    }

    private void drop(PendingSave save, Throwable failure) {
        prepared.remove(save);
        request.release(save.stream());
        save.fail(refused, failure);
    }

    private void callHooks(PendingSave save) {
        try {
            request.callHooks(save.stream(), hooks);
        } catch (Throwable e) {
            drop(save, e);
        }
    }
}
