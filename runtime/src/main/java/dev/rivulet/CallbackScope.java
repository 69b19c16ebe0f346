package dev.rivulet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Callbacks between setup and teardown: each callback that is set up is torn down, even after a failure. */
final class CallbackScope implements AutoCloseable {
    private final List<FitCallback> running = new ArrayList<>();

    void setUp(List<FitCallback> callbacks) throws Exception {
        for (FitCallback callback : callbacks) {
            running.add(callback);
            callback.setup();
        }
    }

    @Override
    public void close() {
        @Nullable RuntimeException first = null;
        for (FitCallback callback : running) {
            try {
                callback.teardown();
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
