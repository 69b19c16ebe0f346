package dev.rivulet.training;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.Callable;

/**
 * Whether arithmetic is recorded for gradients. libtorch's mode belongs to the thread, and DJL switches it off on the
 * one thread that loads the engine only; anywhere else, arithmetic on weights would build graphs, and changing them in
 * place would fail.
 */
public final class GradientMode {
    private GradientMode() {}

    /**
     * Calls without recording, and leaves the thread's mode as it was.
     *
     * @throws Exception what the call throws
     */
    public static <T> T callWithoutGradients(Callable<T> call) throws Exception {
        Engine.getEngine("PyTorch");
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return call.call();
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
