package dev.rivulet.internal.loop;

import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.concurrent.UserThread;
import java.util.List;
import java.util.stream.Stream;

/** Calls the hooks of a run, on the training thread, in Lightning's order: callbacks, metric watchers, module. */
public final class HookChain {
    private final List<ModelHooks> hooks;
    private final List<ModelHooks> watchersLast;

    /**
     * A chain.
     *
     * @param watchers hooks that make decisions based on metrics: checkpoints, early stopping
     */
    public HookChain(List<ModelHooks> callbacks, List<ModelHooks> watchers, ModelHooks module) {
        this.hooks = Stream.of(callbacks, watchers, List.of(module))
                .flatMap(List::stream)
                .toList();
        this.watchersLast = Stream.of(callbacks, List.of(module), watchers)
                .flatMap(List::stream)
                .toList();
    }

    /** A call of a hook with its arguments, such as {@code ModelHooks::onTrainStart}. */
    @FunctionalInterface
    public interface Hook {
        /** Calls the hook on one participant. */
        void callOn(ModelHooks hooks) throws Exception;
    }

    void call(Hook hook) throws Exception {
        for (ModelHooks participant : hooks) {
            hook.callOn(participant);
        }
    }

    /** Calls watchers last, so that at the end of a training epoch they see what the module logs there. */
    void callWatchersLast(Hook hook) throws Exception {
        for (ModelHooks participant : watchersLast) {
            hook.callOn(participant);
        }
    }

    /** Calls every {@link ModelHooks#onException}, even if one throws: each may have something to save. */
    void callOnException(Throwable failure) {
        for (ModelHooks participant : hooks) {
            try {
                UserThread.nested("An onException hook", () -> {
                    participant.onException(failure);
                    return participant;
                });
            } catch (Throwable another) {
                if (another != failure) {
                    failure.addSuppressed(another);
                }
            }
        }
    }
}
