package dev.rivulet;

import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;

/** A model whose files have some ten kilobytes, so that there are blocks to swap. */
final class WideModule extends PlaneModule {

    @Override
    protected Block configureModel() {
        return block();
    }

    /** A rate at which six hundred units do not diverge, since all bytes would be those of NaN. */
    @Override
    protected Optimizer configureOptimizers() {
        return Optimizer.sgd().setLearningRateTracker(Tracker.fixed(1e-4f)).build();
    }

    static Block block() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(600).build())
                .add(Linear.builder().setUnits(1).build());
    }
}
