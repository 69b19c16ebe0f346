package dev.rivulet.internal.save;

import java.util.ArrayList;
import java.util.List;

/**
 * Prepares one save on the training thread, before the writer continues it: runs the transforms and hooks that see the
 * module. These are user code; whatever one of them throws, the other streams are saved.
 */
final class SavePreparation {
    private final SaveRequest request;
    private final SavedRun run;
    private final SaveOutcome refused;
    private final List<PendingSave> prepared = new ArrayList<>();

    /**
     * A preparation.
     *
     * @param refused receives the failures
     */
    SavePreparation(SaveRequest request, SavedRun run, SaveOutcome refused) {
        this.request = request;
        this.run = run;
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
        if (run.hooks().addEntries()) {
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
            request.callHooks(save.stream(), run);
        } catch (Throwable e) {
            drop(save, e);
        }
    }
}
