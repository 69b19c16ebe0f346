package dev.rivulet.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {

    @Test
    void comparesBytesAcrossChunkBoundaries() {
        ByteBuffer bytes = ByteBuffer.wrap("abcdefgh".getBytes(StandardCharsets.US_ASCII));
        Tensor whole = Tensor.of(Dtype.U16, TensorShape.of(2, 2), bytes);
        Tensor pieces = Tensor.of(Dtype.U16, TensorShape.of(2, 2), List.of(bytes.slice(0, 2), bytes.slice(2, 6)));

        assertThat(whole.contentEquals(pieces)).isTrue();
        assertThat(whole.crc32c()).isEqualTo(pieces.crc32c());
        assertThat(whole.contentEquals(Tensor.of(Dtype.I16, TensorShape.of(2, 2), bytes)))
                .isFalse();
        assertThat(whole.contentEquals(Tensor.of(Dtype.U16, TensorShape.of(4), bytes)))
                .isFalse();
        assertThat(whole.contentEquals(Tensor.of(Dtype.U16, TensorShape.of(2, 2), ByteBuffer.allocate(8))))
                .isFalse();
    }

    @Test
    void computesTheStandardChecksum() {
        ByteBuffer digits = ByteBuffer.wrap("123456789".getBytes(StandardCharsets.US_ASCII));

        assertThat(Tensor.of(Dtype.U8, TensorShape.of(9), digits).crc32c()).isEqualTo(0xE3069283L);
    }

    @Test
    void maySpanMoreThanTwoGibibytes() {
        ByteBuffer mebibyte = ByteBuffer.allocateDirect(1 << 20);
        Tensor tensor = Tensor.of(Dtype.F32, TensorShape.of(2500, 1 << 18), Collections.nCopies(2500, mebibyte));

        assertThat(tensor.byteCount()).isEqualTo(2500L << 20).isGreaterThan(Integer.MAX_VALUE);
        assertThat(tensor.chunks()).hasSize(2500);
    }

    @Test
    void givesIndependentReadOnlyLittleEndianChunks() {
        Tensor tensor = Tensor.of(Dtype.I32, TensorShape.of(2), ByteBuffer.allocate(8));
        tensor.chunks().get(0).position(4);

        ByteBuffer chunk = tensor.chunks().get(0);

        assertThat(chunk.position()).isZero();
        assertThat(chunk.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(chunk.isReadOnly()).isTrue();
    }

    @Test
    void copiesIntoItsOwnMemory() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3, 4});
        Tensor tensor = Tensor.of(Dtype.U8, TensorShape.of(4), bytes);

        Tensor copy = tensor.copy();
        bytes.put(0, (byte) 9);

        assertThat(copy.chunks().get(0).get(0)).isEqualTo((byte) 1);
        assertThat(copy.chunks().get(0).alignmentOffset(0, 64)).isZero();
    }

    @Test
    void mayBeScalarOrEmptyOrPacked() {
        assertThat(Tensor.of(Dtype.F64, TensorShape.of(), ByteBuffer.allocate(8)))
                .hasToString("F64[]");
        assertThat(Tensor.of(Dtype.F64, TensorShape.of(3, 0), List.of()).chunks())
                .isEmpty();
        assertThat(Tensor.of(Dtype.F6_E2M3, TensorShape.of(4), ByteBuffer.allocate(3))
                        .byteCount())
                .isEqualTo(3);
    }

    @Test
    void refusesBytesThatDoNotFit() {
        assertThatThrownBy(() -> Tensor.of(Dtype.F32, TensorShape.of(2), ByteBuffer.allocate(7)))
                .hasMessageContaining("F32 with shape [2] has 8 bytes, but 7 were given");
        assertThatThrownBy(() -> Tensor.of(
                        Dtype.F32, TensorShape.of(2), List.of(ByteBuffer.allocate(3), ByteBuffer.allocate(5))))
                .hasMessageContaining("splits an element");
        assertThatThrownBy(() -> Tensor.of(Dtype.F4, TensorShape.of(3), ByteBuffer.allocate(2)))
                .hasMessageContaining("do not end on a byte");
        assertThatThrownBy(() -> TensorShape.of(2, -1)).hasMessageContaining("[2, -1]");
        assertThatThrownBy(() -> TensorShape.of(Long.MAX_VALUE, 2)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Tensor.of(Dtype.U8, TensorShape.of(2), ByteBuffer.allocate(2))
                        .copyTo(List.of(ByteBuffer.allocate(3))))
                .hasMessageContaining("2 bytes and cannot fill 3");
    }
}
