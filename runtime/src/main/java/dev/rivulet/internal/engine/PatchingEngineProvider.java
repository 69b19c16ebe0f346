package dev.rivulet.internal.engine;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;
import ai.djl.pytorch.engine.PtEngineProvider;

/**
 * DJL's PyTorch engine under its own name and rank. DJL creates all providers before it loads an engine, which is when
 * {@link EnginePatch} must be installed; it does not matter which of the two providers it then asks for the engine.
 */
public final class PatchingEngineProvider implements EngineProvider {
    private final EngineProvider engine;

    /** Installs the patch; called by DJL. */
    public PatchingEngineProvider() {
        EnginePatch.install();
        engine = new PtEngineProvider();
    }

    @Override
    public String getEngineName() {
        return engine.getEngineName();
    }

    @Override
    public int getEngineRank() {
        return engine.getEngineRank();
    }

    @Override
    public Engine getEngine() {
        return engine.getEngine();
    }
}
