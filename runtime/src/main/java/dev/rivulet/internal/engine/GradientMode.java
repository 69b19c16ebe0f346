package dev.rivulet.internal.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.Callable;

/**
 * Whether operations are recorded for gradients. The mode is thread-local in libtorch, and DJL disables it only on the
 * thread that loads the engine. On other threads, arithmetic on weights would build graphs, and in-place changes would
 * fail.
 */
public final class GradientMode {
    private final boolean before;

    private GradientMode(boolean before) {
        this.before = before;
    }

    /** Disables recording on this thread; the result restores the previous mode. */
    public static GradientMode off() {
        return switched(false);
    }

    /** Enables recording on this thread; the result restores the previous mode. */
    public static GradientMode on() {
        return switched(true);
    }

    private static GradientMode switched(boolean recording) {
        TorchEngine.get();
        GradientMode mode = new GradientMode(JniUtils.isGradMode());
        JniUtils.setGradMode(recording);
        return mode;
    }

    /** Restores the thread's previous mode. */
    public void restore() {
        JniUtils.setGradMode(before);
    }

    /**
     * Calls without recording, then restores the thread's mode.
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
