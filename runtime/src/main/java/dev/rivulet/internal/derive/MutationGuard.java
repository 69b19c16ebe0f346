package dev.rivulet.internal.derive;

import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.internal.concurrent.UserThread;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.transform.TransformException;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Detects and undoes what user code writes into the live weights while training waits for it. The snapshot of the step,
 * which no user code can reach, holds what they were. For the training thread; owns nothing.
 */
public final class MutationGuard {
    private MutationGuard() {}

    /**
     * Runs user code, then restores the live weights that it changed, even if it throws.
     *
     * @param snapshot a snapshot of the current weights
     * @param who named in the message
     * @throws TransformException if it changed weights, which have been restored
     */
    public static <T> T watch(Snapshot snapshot, String who, Callable<T> userCode) throws Exception {
        T result;
        try {
            result = UserThread.nested(who, userCode);
        } catch (Throwable failure) {
            snapshot.restoreLive().ifPresent(name -> failure.addSuppressed(changed(who, name)));
            throw failure;
        }
        Optional<String> changed = snapshot.restoreLive();
        if (changed.isPresent()) {
            throw changed(who, changed.get());
        }
        return result;
    }

    /** As the other method, for user code that may never return. */
    public static <T> T watch(Snapshot snapshot, SlowCalls slowCalls, String who, Callable<T> userCode)
            throws Exception {
        return watch(snapshot, who, () -> slowCalls.watch(who, userCode::call));
    }

    private static TransformException changed(String who, String name) {
        return new TransformException(who + " changed \"" + name + "\" in place. The weights have been restored."
                + " Use operations that return a new array, such as mul instead of muli.");
    }
}
