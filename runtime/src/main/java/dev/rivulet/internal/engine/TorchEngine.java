package dev.rivulet.internal.engine;

import ai.djl.engine.Engine;

/** DJL's engine for PyTorch, the one that Rivulet trains with. */
public final class TorchEngine {
    private TorchEngine() {}

    /** The engine; the first call loads libtorch. */
    public static Engine get() {
        return Engine.getEngine("PyTorch");
    }
}
