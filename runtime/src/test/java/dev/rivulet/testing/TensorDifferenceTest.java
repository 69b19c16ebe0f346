package dev.rivulet.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TensorDifferenceTest {

    private static Tensor floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return Tensor.of(Dtype.F32, TensorShape.of(values.length / 2, 2), bytes.flip());
    }

    private static Tensor longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        return Tensor.of(Dtype.I64, TensorShape.of(values.length), bytes.flip());
    }

    @Test
    void namesTheFirstElementAndTheLargestDifference() {
        TensorDifference difference =
                TensorDifference.between("weight", floats(1, 2, 3, 4, 5, 6), floats(1, 2, 3, 4.5f, 5, 8));

        assertThat(difference.index()).containsExactly(1L, 1L);
        assertThat(difference)
                .hasToString("\"weight\" at [1, 1]: 4.5 instead of 4.0; 2 elements differ, by at most 2.0");
    }

    @Test
    void treatsNaNAsEqualAndSignedZerosAsDifferent() {
        TensorDifference difference = TensorDifference.between("weight", floats(Float.NaN, 0f), floats(Float.NaN, -0f));

        assertThat(difference)
                .hasToString("\"weight\" at [0, 1]: -0.0 instead of 0.0; 1 element differs, by at most 0.0");
    }

    @Test
    void showsIntegersAsTheyAre() {
        TensorDifference difference = TensorDifference.between("batches", longs(7, 8), longs(7, -8));

        assertThat(difference).hasToString("\"batches\" at [1]: -8 instead of 8; 1 element differs");
    }
}
