package dev.rivulet.internal.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import dev.rivulet.tensor.UnsupportedDtypeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NDArraysTest {
    private final GradientMode mode = GradientMode.on();
    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
        mode.restore();
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"BOOL", "U8", "I8", "F16", "I32", "F32", "F64", "I64"})
    void convertsEverySupportedTypeInBothDirections(Dtype dtype) {
        Tensor tensor = counting(dtype, TensorShape.of(2, 3));

        NDArray array = NDArrays.create(manager, tensor);

        assertThat(array.getShape()).isEqualTo(new Shape(2, 3));
        assertThat(array.getDataType()).isEqualTo(dtype.arrayType().orElseThrow());
        assertHolds(array, tensor);
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"BOOL", "U8", "I8", "F16", "I32", "F32", "F64", "I64"})
    void refusesUnsupportedTypes(Dtype dtype) {
        Tensor tensor = counting(dtype, TensorShape.of(4));

        assertThatThrownBy(() -> NDArrays.create(manager, tensor))
                .isInstanceOf(UnsupportedDtypeException.class)
                .hasMessageContaining(dtype + "[4]")
                .hasMessageContaining("Convert it");
        assertThat(manager.getManagedArrays()).isEmpty();
    }

    @Test
    void refusesDjlTypesWithoutBytes() {
        for (DataType type :
                List.of(DataType.BFLOAT16, DataType.INT16, DataType.COMPLEX64, DataType.UNKNOWN, DataType.STRING)) {
            assertThatThrownBy(() -> Dtype.of(type))
                    .isInstanceOf(UnsupportedDtypeException.class)
                    .hasMessageContaining(type.toString());
        }
    }

    @Test
    void sharesDirectMemoryUnlessGradientsAreRecorded() {
        DirectMemory memory = DirectMemory.allocate(8);
        Tensor tensor = memory.asTensor(Dtype.F32, TensorShape.of(2));
        NDArray copy = NDArrays.create(manager, tensor);
        GradientMode off = GradientMode.off();
        NDArray shared = NDArrays.create(manager, tensor);
        off.restore();

        memory.chunks().get(0).putFloat(4, 7f);

        assertThat(shared.toFloatArray()).containsExactly(0f, 7f);
        assertThat(copy.toFloatArray()).containsExactly(0f, 0f);
        assertThat(manager.getManagedArrays()).hasSize(2);
    }

    @Test
    void copiesHeapAndChunkedMemory() {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(new float[] {1, 2, 3, 4});
        Tensor tensor = Tensor.of(Dtype.F32, TensorShape.of(4), List.of(bytes.slice(0, 4), bytes.slice(4, 12)));

        assertThat(NDArrays.create(manager, tensor).toFloatArray()).containsExactly(1f, 2f, 3f, 4f);
    }

    @Test
    void createsScalarsAndEmptyArrays() {
        for (TensorShape shape : List.of(TensorShape.of(), TensorShape.of(0, 3))) {
            Tensor tensor = counting(Dtype.F32, shape);
            NDArray array = NDArrays.create(manager, tensor);
            assertHolds(array, tensor);
        }
    }

    @Test
    void writesInPlaceAndKeepsStorageAndGradientFlag() {
        NDArray weight = manager.zeros(new Shape(2, 3));
        weight.setRequiresGradient(true);
        NDArray otherView = weight.stopGradient();
        Tensor tensor = counting(Dtype.F32, TensorShape.of(2, 3));

        NDArrays.write(tensor, weight);

        assertThat(weight.hasGradient()).isTrue();
        assertHolds(otherView, tensor);
        assertThat(manager.getManagedArrays()).hasSize(2);
    }

    @Test
    void writesArraysWithGaps() {
        NDArray base = manager.zeros(new Shape(3, 2));
        NDArray transposed = base.transpose();
        Tensor tensor = counting(Dtype.F32, TensorShape.of(2, 3));

        NDArrays.write(tensor, transposed);

        assertHolds(transposed, tensor);
        assertHolds(base.transpose(), tensor);
    }

    @Test
    void refusesToWriteAnotherShapeOrType() {
        NDArray array = manager.zeros(new Shape(2, 3));

        assertThatThrownBy(() -> NDArrays.write(counting(Dtype.F32, TensorShape.of(3, 2)), array))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("F32[3, 2] cannot fill an array F32[2, 3]");
        assertThatThrownBy(() -> NDArrays.write(counting(Dtype.I32, TensorShape.of(2, 3)), array))
                .hasMessageContaining("I32[2, 3] cannot fill an array F32[2, 3]");
        assertThat(array.sum().getFloat()).isZero();
    }

    private static Tensor counting(Dtype dtype, TensorShape shape) {
        DirectMemory memory = DirectMemory.allocate(dtype.byteCount(shape));
        for (ByteBuffer chunk : memory.chunks()) {
            while (chunk.hasRemaining()) {
                chunk.put((byte) (dtype == Dtype.BOOL ? chunk.position() & 1 : chunk.position()));
            }
        }
        return memory.asTensor(dtype, shape);
    }

    private static void assertHolds(NDArray array, Tensor expected) {
        try (LiveTensors live = new LiveTensors()) {
            assertThat(live.view(array).contentEquals(expected)).isTrue();
        }
    }
}
