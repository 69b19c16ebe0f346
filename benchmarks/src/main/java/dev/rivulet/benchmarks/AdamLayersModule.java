package dev.rivulet.benchmarks;

import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.optim.Adam;
import java.util.Collections;
import java.util.List;

/** One static stream in addition to the original, with optimizer state of twice the size of the weights. */
final class AdamLayersModule extends OneStreamModule {
    private static final int MOMENTS = 2;

    AdamLayersModule(Size size) {
        super(size);
    }

    @Override
    protected Optimizer configureOptimizers() {
        return Adam.builder().lr(1e-4).build();
    }

    /** Size in bytes of each tensor of weights and optimizer state. */
    static List<Integer> tensorBytes(Size size) {
        return Collections.nCopies(1 + MOMENTS, size.tensorBytes()).stream()
                .flatMap(List::stream)
                .toList();
    }
}
