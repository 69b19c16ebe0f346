package dev.rivulet.internal.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.optim.SGD;
import dev.rivulet.optim.TorchOptimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterUpdatesTest {
    private static final String OPTIMIZERS = "dev.rivulet.internal.optim.ParameterBlocksTest#optimizers";
    private static final int STEPS = 3;

    private final NDManager manager = NDManager.newBaseManager();
    private final int threads = JniUtils.getNumThreads();

    @AfterEach
    void close() {
        JniUtils.setNumThreads(threads);
        manager.close();
    }

    /** A transposed array has gaps between its elements, so libtorch updates it. */
    @ParameterizedTest
    @MethodSource(OPTIMIZERS)
    void roundsLikeLibtorch(Supplier<TorchOptimizer> optimizer) {
        JniUtils.setNumThreads(2);
        for (Shape shape : new Shape[] {new Shape(1, 1), new Shape(7, 11), new Shape(257, 130)}) {
            NDArray host = manager.randomNormal(shape);
            NDArray libtorch = transposed(host);
            try (TorchOptimizer loops = optimizer.get();
                    TorchOptimizer operations = optimizer.get()) {
                for (int step = 0; step < STEPS; step++) {
                    NDArray gradient = manager.randomNormal(shape).mul(0.1f);
                    loops.update("weight", host, gradient);
                    operations.update("weight", libtorch, transposed(gradient));
                }

                assertThat(host.toFloatArray()).containsExactly(libtorch.toFloatArray());
                assertThat(values(loops)).containsExactlyElementsOf(values(operations));
            }
        }
    }

    /** The state, one number after the other. */
    private static List<Float> values(TorchOptimizer optimizer) {
        List<Float> values = new ArrayList<>();
        for (NDArray array : optimizer.stateArrays().values()) {
            for (float value : array.toFloatArray()) {
                values.add(value);
            }
        }
        return values;
    }

    /** The same values in another order of memory. */
    private static NDArray transposed(NDArray array) {
        return array.transpose().duplicate().transpose();
    }

    @ParameterizedTest
    @MethodSource(OPTIMIZERS)
    void followsAWeightToOtherMemory(Supplier<TorchOptimizer> optimizer) {
        NDArray moving = manager.randomNormal(new Shape(40));
        NDArray staying = moving.duplicate();
        try (TorchOptimizer of = optimizer.get();
                TorchOptimizer expected = optimizer.get()) {
            for (int step = 0; step < STEPS; step++) {
                NDArray gradient = manager.randomNormal(new Shape(40));
                of.update("weight", moving, gradient);
                expected.update("weight", staying, gradient);
                moving.intern(moving.duplicate());
                moving.intern(moving.duplicate()); // At the first one's address, perhaps.
            }
        }

        assertThat(moving.toFloatArray()).containsExactly(staying.toFloatArray());
    }

    @Test
    void isNoticedByAutograd() {
        NDArray weight = manager.create(new float[] {1, 2, 3});
        weight.setRequiresGradient(true);
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try (TorchOptimizer optimizer = SGD.builder().lr(0.1).build()) {
            NDArray loss = weight.mul(weight).sum();

            optimizer.update("weight", weight, manager.ones(new Shape(3)));

            assertThatThrownBy(() -> JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("modified by an inplace operation");
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
