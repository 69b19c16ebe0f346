package dev.rivulet;

import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.optim.SGD;

/** A linear model whose training can be resumed. */
class SteadyModule extends PlaneModule {

    @Override
    protected Optimizer configureOptimizers() {
        return SGD.builder().lr(0.1).build();
    }
}
