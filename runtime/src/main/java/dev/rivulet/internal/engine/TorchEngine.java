package dev.rivulet.internal.engine;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;

/** DJL's engine for PyTorch, the one that Rivulet trains with. */
public final class TorchEngine {
    private TorchEngine() {}

    /**
     * The engine; the first call loads libtorch.
     *
     * @throws IllegalStateException if it cannot be loaded; the message names the artifacts that it consists of
     */
    public static Engine get() {
        try {
            return Engine.getEngine("PyTorch");
        } catch (EngineException e) {
            throw new IllegalStateException(
                    "libtorch cannot be loaded. Add to the class path ai.djl.pytorch:pytorch-native-cpu:2.7.1 with the"
                            + " classifier of the platform, such as linux-x86_64, and ai.djl.pytorch:pytorch-jni:2.7.1-"
                            + Engine.getDjlVersion() + "; if they are missing, DJL tries to download them. It failed: "
                            + rootCause(e),
                    e);
        }
    }

    private static Throwable rootCause(Throwable failure) {
        return failure.getCause() == null ? failure : rootCause(failure.getCause());
    }
}
