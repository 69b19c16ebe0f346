package dev.rivulet.benchmarks;

import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.optim.Adam;

/** Layers whose optimizer has twice as much state as there are weights. */
final class AdamLayersModule extends LayersModule {
    AdamLayersModule(Size size) {
        super(size);
    }

    @Override
    protected Optimizer configureOptimizers() {
        return Adam.builder().lr(1e-4).build();
    }
}
