package dev.rivulet.internal.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.Callable;

/**
 * Whether arithmetic is recorded for gradients. libtorch's mode belongs to the thread, and DJL switches it off on the
 * one thread that loads the engine only; anywhere else, arithmetic on weights would build graphs, and changing them in
 * place would fail.
 */
public final class GradientMode {
    private final boolean before;

    private GradientMode(boolean before) {
        this.before = before;
    }

    /** Switches recording off for this thread; the result knows what it was. */
    public static GradientMode off() {
        return switched(false);
    }

    /** Switches recording on for this thread; the result knows what it was. */
    public static GradientMode on() {
        return switched(true);
    }

    private static GradientMode switched(boolean recording) {
        TorchEngine.get();
        GradientMode mode = new GradientMode(JniUtils.isGradMode());
        JniUtils.setGradMode(recording);
        return mode;
    }

    /** Has the thread record, or not, as it did before. */
    public void restore() {
        JniUtils.setGradMode(before);
    }

    /**
     * Calls without recording, and leaves the thread's mode as it was.
     *
     * @throws Exception what the call throws
     */
    public static <T> T callWithoutGradients(Callable<T> call) throws Exception {
        GradientMode mode = off();
        try {
            return call.call();
        } finally {
            mode.restore();
        }
    }
}
