package dev.rivulet.internal.loop;

import dev.rivulet.hook.ModelHooks;
import java.util.List;
import java.util.stream.Stream;

/** All hooks of a run, called in Lightning's order: callbacks, then those that watch metrics, then the module. */
public final class HookChain {
    private final List<ModelHooks> hooks;
    private final List<ModelHooks> watchersLast;

    /**
     * A chain.
     *
     * @param watchers what decides by metrics: checkpoints, early stopping
     */
    public HookChain(List<ModelHooks> callbacks, List<ModelHooks> watchers, ModelHooks module) {
        this.hooks = Stream.of(callbacks, watchers, List.of(module))
                .flatMap(List::stream)
                .toList();
        this.watchersLast = Stream.of(callbacks, List.of(module), watchers)
                .flatMap(List::stream)
                .toList();
    }

    /** A hook to call, with its arguments: {@code ModelHooks::onTrainStart}. */
    @FunctionalInterface
    public interface Hook {
        /** Calls this hook of one participant. */
        void callOn(ModelHooks hooks) throws Exception;
    }

    void call(Hook hook) throws Exception {
        for (ModelHooks participant : hooks) {
            hook.callOn(participant);
        }
    }

    /** The order at the end of a training epoch, in which watchers see what the module logs there. */
    void callWatchersLast(Hook hook) throws Exception {
        for (ModelHooks participant : watchersLast) {
            hook.callOn(participant);
        }
    }

    /** Calls {@link ModelHooks#onException} of all, whatever one throws: each may have something to save. */
    void callOnException(Throwable failure) {
        for (ModelHooks participant : hooks) {
            try {
                participant.onException(failure);
            } catch (Throwable further) {
                if (further != failure) {
                    failure.addSuppressed(further);
                }
            }
        }
    }
}
