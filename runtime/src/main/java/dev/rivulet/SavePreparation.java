package dev.rivulet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the training thread does for one save event before the writer takes over: transforms and hooks that see the module
 * run. All of them are foreign code; whatever one throws, the other streams are saved.
 */
final class SavePreparation {
    private final SaveEvent event;
    private final SaveHooks hooks;
    private final Set<String> trustedHooks;
    private final SaveReport refused;
    private final List<GroupSave.Pending> pending = new ArrayList<>();

    /**
     * Prepares an event.
     *
     * @param trustedHooks streams whose hooks have proven to change no weights; changed by this
     * @param refused told of what fails
     */
    SavePreparation(SaveEvent event, SaveHooks hooks, Set<String> trustedHooks, SaveReport refused) {
        this.event = event;
        this.hooks = hooks;
        this.trustedHooks = trustedHooks;
        this.refused = refused;
    }

    /**
     * Prepares saves.
     *
     * @param due sources before what is derived from them
     * @return those that are left for the writer
     */
    List<GroupSave.Pending> prepare(List<DueSave> due) {
        due.forEach(this::prepare);
        if (hooks.addEntries() && !pending.isEmpty()) {
            callHooks();
        }
        List.copyOf(pending).forEach(this::complete);
        return pending.stream().map(GroupSave.Pending::sealed).toList();
    }

    private void prepare(DueSave save) {
        String stream = save.saver().name();
        try {
            pending.add(new GroupSave.Pending(save.saver(), save.plan(), event.prepare(stream)));
        } catch (Throwable e) {
            event.release(stream);
            save.refuse(refused, e);
        }
    }

    /** Computes anew what another stream's transform or hook has destroyed since. */
    private void complete(GroupSave.Pending save) {
        try {
            event.complete(save.saver().name());
        } catch (Throwable e) {
            drop(save, e);
        }
    }

    private void drop(GroupSave.Pending save, Throwable failure) {
        pending.remove(save);
        event.release(save.saver().name());
        new DueSave(save.saver(), save.plan()).refuse(refused, failure);
    }

    private void callHooks() {
        List<GroupSave.Pending> all = List.copyOf(pending);
        if (all.stream().allMatch(save -> trustedHooks.contains(save.saver().name()))) {
            watchTogether(all);
        } else {
            all.forEach(this::watch);
        }
    }

    private void watch(GroupSave.Pending save) {
        String stream = save.saver().name();
        try {
            event.callHooks("An onSaveCheckpoint hook, called for the stream \"" + stream + "\",", () -> {
                hooks.onSaveCheckpoint(save.checkpoint());
                return save;
            });
            trustedHooks.add(stream);
        } catch (Throwable e) {
            drop(save, e);
        }
    }

    /** Hooks that were well-behaved are watched together: to compare all weights takes as long as to copy them. */
    private void watchTogether(List<GroupSave.Pending> all) {
        try {
            event.callHooks("An onSaveCheckpoint hook", () -> {
                all.forEach(this::call);
                return all;
            });
        } catch (Exception e) {
            // Whose hook it was shows at the next save. Until then no stream is blamed that would end training.
            trustedHooks.clear();
            StreamSaver blamed = all.stream()
                    .map(GroupSave.Pending::saver)
                    .filter(StreamSaver::isDispensable)
                    .findFirst()
                    .orElse(all.get(0).saver());
            refused.fail(blamed, e);
        }
    }

    private void call(GroupSave.Pending save) {
        try {
            hooks.onSaveCheckpoint(save.checkpoint());
        } catch (Throwable e) {
            drop(save, e);
        }
    }
}
