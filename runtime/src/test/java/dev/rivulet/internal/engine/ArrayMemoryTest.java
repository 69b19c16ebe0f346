package dev.rivulet.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.fixture.Garbage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** DJL's own methods, which call those of {@link ArrayMemory}. */
class ArrayMemoryTest {
    private static final Shape PAIR = new Shape(2);

    private final NDManager manager = TorchEngine.get().newBaseManager();

    @AfterEach
    void closeManager() {
        manager.close();
    }

    private static ByteBuffer direct(float... values) {
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
        buffer.asFloatBuffer().put(values);
        return buffer;
    }

    @Test
    void arraysAreIndependentOfTheirBuffer() {
        ByteBuffer buffer = direct(1, 2);
        NDArray created = manager.create(buffer, PAIR, DataType.FLOAT32);
        NDArray filled = manager.zeros(PAIR);
        filled.set(buffer);

        buffer.putFloat(0, 9);

        assertThat(created.toFloatArray()).containsExactly(1, 2);
        assertThat(filled.toFloatArray()).containsExactly(1, 2);
        assertThat(buffer.remaining()).isEqualTo(8);
    }

    @Test
    void aViewOutlivesItsArrayAndTheCollectionOfGarbage() {
        NDArray view;
        try (NDArray array = manager.create(new float[] {1, 2, 3, 4})) {
            view = array.reshape(2, 2);
        }
        NDArray sparse = manager.createCoo(FloatBuffer.wrap(new float[] {5}), new long[][] {{1}}, PAIR);

        Garbage.collect();

        assertThat(view.toFloatArray()).containsExactly(1, 2, 3, 4);
        assertThat(sparse.toDense().toFloatArray()).containsExactly(0, 5);
    }

    @Test
    void createsEveryType() {
        assertThat(manager.create(1.5f).getFloat()).isEqualTo(1.5f);
        assertThat(manager.create(-0.1).getDouble()).isEqualTo(-0.1);
        assertThat(manager.create(-3).getInt()).isEqualTo(-3);
        assertThat(manager.create(Long.MIN_VALUE).getLong()).isEqualTo(Long.MIN_VALUE);
        assertThat(manager.create((byte) -3).getByte()).isEqualTo((byte) -3);
        assertThat(manager.create(true).getBoolean()).isTrue();
        assertThat(manager.create(new boolean[][] {{true}, {false}}).toBooleanArray())
                .containsExactly(true, false);
        assertThat(manager.create(new byte[][] {{1, 2}}).toByteArray()).containsExactly(1, 2);
        assertThat(manager.create(new float[][] {{1}, {2}}).getShape()).isEqualTo(new Shape(2, 1));
        assertThat(manager.create(ShortBuffer.wrap(new short[] {0x3c00}), new Shape(1), DataType.FLOAT16)
                        .toType(DataType.FLOAT32, false)
                        .getFloat(0))
                .isEqualTo(1);
        assertThat(manager.create(new float[0], new Shape(0, 3)).getShape()).isEqualTo(new Shape(0, 3));
    }

    @Test
    void readsADirectBufferFromItsBeginning() {
        ByteBuffer buffer = direct(1, 2, 3);
        buffer.position(4);

        assertThat(manager.create(buffer, PAIR, DataType.FLOAT32).toFloatArray())
                .containsExactly(1, 2);
        assertThat(manager.create(buffer.slice(), PAIR, DataType.FLOAT32).toFloatArray())
                .containsExactly(2, 3);
        assertThat(buffer.position()).isEqualTo(4);
    }

    @Test
    void readsAHeapBufferFromItsPosition() {
        FloatBuffer buffer = FloatBuffer.wrap(new float[] {1, 2, 3}).position(1);

        assertThat(manager.create(buffer, PAIR).toFloatArray()).containsExactly(2, 3);
    }

    @Test
    void refusesTooFewValues() {
        NDArray pair = manager.zeros(PAIR);
        int before = manager.getManagedArrays().size();

        assertThatThrownBy(() -> manager.create(new float[] {1}, PAIR)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pair.set(new float[] {1})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pair.set(new int[] {1, 2})).isInstanceOf(IllegalArgumentException.class);

        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    @Test
    void setsValuesInPlace() {
        NDArray matrix = manager.zeros(new Shape(2, 2));
        NDArray transposed = matrix.transpose();
        NDArray row = matrix.get("1");

        transposed.set(new float[] {1, 2, 3, 4});
        assertThat(matrix.toFloatArray()).containsExactly(1, 3, 2, 4);
        assertThat(row.toFloatArray()).containsExactly(2, 4);

        matrix.copyTo(transposed);
        assertThat(transposed.toFloatArray()).containsExactly(1, 3, 2, 4);
    }

    @Test
    void setsScalarsAndEmptyArrays() {
        NDArray scalar = manager.zeros(new Shape());
        scalar.set(new float[] {7});
        assertThat(scalar.getFloat()).isEqualTo(7);

        NDArray empty = manager.zeros(new Shape(0));
        empty.set(new float[0]);
        assertThat(empty.isEmpty()).isTrue();
    }

    @Test
    void setsWeightsWithAndWithoutRecordingGradients() {
        NDArray weight = manager.ones(PAIR);
        weight.setRequiresGradient(true);
        int before = manager.getManagedArrays().size();

        weight.set(new float[] {1, 2});
        GradientMode recording = GradientMode.on();
        try {
            weight.set(new float[] {3, 4});
        } finally {
            recording.restore();
        }

        assertThat(weight.toFloatArray()).containsExactly(3, 4);
        assertThat(weight.hasGradient()).isTrue();
        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    /** DJL alone would compute a wrong gradient. */
    @Test
    void noticesThatAnOperandWasChangedBeforeTheBackwardPass() {
        NDArray weight = manager.ones(PAIR);
        weight.setRequiresGradient(true);
        NDArray factors = manager.create(new float[] {1, 2});

        try (var gradients = TorchEngine.get().newGradientCollector()) {
            NDArray loss = weight.mul(factors).sum();
            factors.set(new float[] {3, 4});

            assertThatThrownBy(() -> gradients.backward(loss))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("modified by an inplace operation");
        }
    }

    @Test
    void decodesArrays() {
        byte[] encoded = new NDList(manager.create(new double[] {0.1, 0.2})).encode();

        assertThat(NDList.decode(manager, encoded).head().toDoubleArray()).containsExactly(0.1, 0.2);
    }
}
