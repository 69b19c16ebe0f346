package dev.rivulet.internal.save;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Prepares one save on the training thread, before the writer continues it: runs the transforms and hooks that see the
 * module. These are user code; whatever one of them throws, the other streams are saved.
 */
final class SavePreparation {
    private final SaveRequest request;
    private final SaveHooks hooks;
    private final Set<String> verifiedHooks;
    private final SaveOutcome refused;
    private final List<PendingSave> prepared = new ArrayList<>();

    /**
     * A preparation.
     *
     * @param verifiedHooks streams whose hooks have been verified not to change weights; updated by this
     * @param refused receives the failures
     */
    SavePreparation(SaveRequest request, SaveHooks hooks, Set<String> verifiedHooks, SaveOutcome refused) {
        this.request = request;
        this.hooks = hooks;
        this.verifiedHooks = verifiedHooks;
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
        if (hooks.addEntries() && !prepared.isEmpty()) {
            callHooks();
        }
        List.copyOf(prepared).forEach(this::complete);
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

    /** Recomputes what the transform or hook of another stream has invalidated. */
    private void complete(PendingSave save) {
        try {
            request.complete(save.stream());
        } catch (Throwable e) {
            drop(save, e);
        }
    }

    private void drop(PendingSave save, Throwable failure) {
        prepared.remove(save);
        request.release(save.stream());
        save.fail(refused, failure);
    }

    private void callHooks() {
        List<PendingSave> all = List.copyOf(prepared);
        if (all.stream().allMatch(save -> verifiedHooks.contains(save.stream()))) {
            watchTogether(all);
        } else {
            all.forEach(this::watch);
        }
    }

    private void watch(PendingSave save) {
        try {
            request.callHooks("An onSaveCheckpoint hook, called for the stream \"" + save.stream() + "\",", () -> {
                hooks.onSaveCheckpoint(request.checkpoint(save.stream()));
                return save;
            });
            verifiedHooks.add(save.stream());
        } catch (Throwable e) {
            drop(save, e);
        }
    }

    /** Verified hooks are watched together, because comparing all weights takes as long as copying them. */
    private void watchTogether(List<PendingSave> all) {
        try {
            request.callHooks("An onSaveCheckpoint hook", () -> {
                all.forEach(this::call);
                return all;
            });
        } catch (Exception e) {
            // The next save shows which hook it was. Until then, blame a stream whose failure does not end training.
            verifiedHooks.clear();
            StreamSaver blamed = all.stream()
                    .map(PendingSave::saver)
                    .filter(StreamSaver::toleratesFailure)
                    .findFirst()
                    .orElse(all.get(0).saver());
            refused.fail(blamed, e);
        }
    }

    private void call(PendingSave save) {
        try {
            hooks.onSaveCheckpoint(request.checkpoint(save.stream()));
        } catch (Throwable e) {
            drop(save, e);
        }
    }
}
