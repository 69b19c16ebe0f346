package dev.rivulet.internal.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.optim.Adagrad;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.AdamW;
import dev.rivulet.optim.RMSprop;
import dev.rivulet.optim.SGD;
import dev.rivulet.optim.TorchOptimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterBlocksTest {
    private static final int STEPS = 3;

    private final GradientMode mode = GradientMode.off();
    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
        mode.restore();
    }

    static Stream<Supplier<TorchOptimizer>> optimizers() {
        return Stream.of(
                () -> SGD.builder().lr(0.1).build(),
                () -> SGD.builder()
                        .lr(0.1)
                        .momentum(0.9)
                        .nesterov(true)
                        .weightDecay(0.1)
                        .build(),
                () -> Adam.builder().lr(0.1).amsgrad(true).weightDecay(0.1).build(),
                () -> AdamW.builder().lr(0.1).build(),
                () -> RMSprop.builder().lr(0.1).centered(true).momentum(0.5).build(),
                () -> Adagrad.builder().lr(0.1).build());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void stepsALargeParameterAsManySmallOnes(Supplier<TorchOptimizer> optimizer) {
        Shape row = new Shape(1, 100_000);
        NDArray large = manager.randomNormal(new Shape(7, 100_000));
        List<NDArray> rows = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            rows.add(large.get(i).reshape(row).duplicate());
        }
        assertThat(ParameterBlocks.of(large.getShape()).count()).isEqualTo(4);
        assertThat(ParameterBlocks.of(row).count()).isEqualTo(1);
        try (TorchOptimizer one = optimizer.get();
                TorchOptimizer many = optimizer.get()) {
            for (int step = 0; step < STEPS; step++) {
                NDArray gradient = manager.randomNormal(large.getShape());
                one.update("large", large, gradient);
                for (int i = 0; i < 7; i++) {
                    many.update("row" + i, rows.get(i), gradient.get(i).reshape(row));
                }
            }
        }
        assertThat(large).isEqualTo(NDArrays.concat(new NDList(rows)));
    }

    @Test
    void coverEachElementOnceForAnyShape() {
        List<Shape> shapes = List.of(
                new Shape(),
                new Shape(0),
                new Shape(3, 0, 2),
                new Shape(1),
                new Shape(1_000_003),
                new Shape(1, 1, 300_000),
                new Shape(2, 300_000),
                new Shape(1, 5, 70_000, 1),
                new Shape(262_145, 2));
        for (Shape shape : shapes) {
            ParameterBlocks blocks = ParameterBlocks.of(shape);
            NDArray counts = manager.zeros(shape);

            for (long i = 0; blocks.count() > 1 && i < blocks.count(); i++) {
                blocks.view(counts, i).addi(1);
            }

            assertThat(counts)
                    .as("%s", shape)
                    .isEqualTo(blocks.count() > 1 ? manager.ones(shape) : manager.zeros(shape));
        }
    }
}
