package dev.rivulet.internal.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveTensorsTest {
    private final GradientMode mode = GradientMode.on();
    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
        mode.restore();
    }

    @Test
    void viewsTheArraysOwnMemory() {
        NDArray array = manager.ones(new Shape(2));
        try (LiveTensors live = new LiveTensors()) {
            Tensor view = live.view(array);

            array.addi(1);

            assertThat(view.chunks().get(0).getFloat(4)).isEqualTo(2f);
        }
    }

    @Test
    void attachesNothingToTheArraysManager() {
        NDArray contiguous = manager.ones(new Shape(2, 3));
        contiguous.setRequiresGradient(true);
        NDArray withGaps = manager.arange(6f).reshape(2, 3).transpose();
        int before = manager.getManagedArrays().size();

        for (int i = 0; i < 100; i++) {
            try (LiveTensors live = new LiveTensors()) {
                live.view(contiguous);
                live.view(withGaps);
                assertThat(manager.getManagedArrays()).hasSize(before);
            }
        }

        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    @Test
    void viewsTransposedArraysInRowMajorOrder() {
        NDArray transposed = manager.arange(6f).reshape(2, 3).transpose();
        try (LiveTensors live = new LiveTensors()) {
            assertThat(floats(live.view(transposed))).containsExactly(0f, 3f, 1f, 4f, 2f, 5f);
            assertThat(live.memory(manager.ones(new Shape(2)))).hasSize(1);
            assertThatThrownBy(() -> live.memory(transposed)).hasMessageContaining("NDArrays.write");
        }
    }

    @Test
    void viewsLargeArraysAsSlicesOfTheSameMemory() {
        NDArray array = manager.arange(10f).reshape(2, 5);
        try (LiveTensors live = new LiveTensors(16, 16)) {
            Tensor view = live.view(array);
            assertThat(view.chunks()).hasSize(3);
            assertThat(floats(view)).containsExactly(0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f);

            live.memory(array).get(2).putFloat(4, 42f);

            assertThat(array.getFloat(1, 4)).isEqualTo(42f);
            assertThat(floats(live.view(array.transpose()))).containsExactly(0f, 5f, 1f, 6f, 2f, 7f, 3f, 8f, 4f, 42f);
        }
    }

    @Test
    void viewsArraysBeyondTwoGibibytes() {
        NDArray array = manager.create(new Shape(Integer.MAX_VALUE + 17L), DataType.UINT8); // never touched as a whole
        try (LiveTensors live = new LiveTensors()) {
            List<ByteBuffer> memory = live.memory(array);

            memory.get(memory.size() - 1).put(15, (byte) 7);

            assertThat(live.view(array).byteCount()).isEqualTo(Integer.MAX_VALUE + 17L);
            try (NDArray last = array.get("-1:")) {
                assertThat(last.toByteArray()).containsExactly(7);
            }
        }
        assertThat(manager.getManagedArrays()).hasSize(1);
    }

    @Test
    void acceptsScalarsAndEmptyArrays() {
        try (LiveTensors live = new LiveTensors()) {
            assertThat(live.view(manager.create(5f))).hasToString("F32[]");
            assertThat(live.view(manager.create(new Shape(0, 2)))).hasToString("F32[0, 2]");
        }
    }

    private static float[] floats(Tensor tensor) {
        Tensor whole = tensor.copy();
        float[] values = new float[(int) tensor.shape().elementCount()];
        whole.chunks().get(0).asFloatBuffer().get(values);
        return values;
    }
}
