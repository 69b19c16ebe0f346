package dev.rivulet.internal.save;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the training thread does for one save before the writer continues it: transforms and hooks that see the module
 * run. All of them are user code; whatever one throws, the other streams are saved.
 */
final class SavePreparation {
    private final SaveRequest request;
    private final SaveHooks hooks;
    private final Set<String> verifiedHooks;
    private final SaveOutcome refused;
    private final List<PendingSave> prepared = new ArrayList<>();

    /**
     * Prepares one save.
     *
     * @param verifiedHooks streams whose hooks have been verified to change no weights; changed by this
     * @param refused where failures are reported
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
     * @param due sources before what is derived from them
     * @return those that are left for the writer
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

    /** Computes again what another stream's transform or hook has destroyed since. */
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

    /** Hooks that were well-behaved are watched together: to compare all weights takes as long as to copy them. */
    private void watchTogether(List<PendingSave> all) {
        try {
            request.callHooks("An onSaveCheckpoint hook", () -> {
                all.forEach(this::call);
                return all;
            });
        } catch (Exception e) {
            // Whose hook it was shows at the next save. Until then no stream is blamed that would end training.
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
