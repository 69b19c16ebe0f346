package dev.rivulet.internal.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import dev.rivulet.tensor.UnsupportedDtypeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with recordings of src/test/python/record_conversion.py. */
class ConversionTest {

    @ParameterizedTest
    @MethodSource("digests")
    void convertsEveryBoundaryLikePyTorch(String recording) throws Exception {
        String[] words = recording.split(" ", -1);
        Dtype source = Dtype.valueOf(words[0]);
        Dtype target = Dtype.valueOf(words[1]);

        Tensor converted = Conversion.convert(input(source), target);

        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        if (target == Dtype.F16 && source != Dtype.F32) {
            converted = withPlainNans(converted);
        }
        converted.chunks().forEach(sha256::update);
        assertThat(HexFormat.of().formatHex(sha256.digest())).isEqualTo(words[2]);
    }

    static List<String> digests() throws IOException {
        return lines("conversion-digests.txt");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void narrowsSpecialValuesLikePyTorch(String recording) {
        String[] words = recording.split(" ", -1);
        Tensor single = singles(HexFormat.fromHexDigits(words[0]));

        assertThat(first(Conversion.convert(single, Dtype.F16))).isEqualTo(HexFormat.fromHexDigits(words[1]));
        assertThat(first(Conversion.convert(single, Dtype.BF16))).isEqualTo(HexFormat.fromHexDigits(words[2]));
    }

    static List<String> cases() throws IOException {
        return lines("conversion-cases.txt");
    }

    @Test
    void wideningAndNarrowingReturnsEveryHalf() {
        for (Dtype half : List.of(Dtype.F16, Dtype.BF16)) {
            Tensor numbers = numbersOf(half);
            for (Dtype wide : List.of(Dtype.F32, Dtype.F64)) {
                Tensor back = Conversion.convert(Conversion.convert(numbers, wide), half);
                assertThat(back.contentEquals(numbers))
                        .as("%s via %s", half, wide)
                        .isTrue();
            }
        }
    }

    @Test
    void crossesDifferentChunkBoundaries() {
        Tensor whole = singles(1, 0x3F80_0000, 0x4049_0FDB, 0x7F80_0000, 0xC2F6_E979);
        ByteBuffer bytes = whole.chunks().get(0);
        Tensor pieces = Tensor.of(
                Dtype.F32, whole.shape(), List.of(bytes.slice(0, 4), ByteBuffer.allocate(0), bytes.slice(4, 16)));
        ByteBuffer memory = ByteBuffer.allocate(10);

        Conversion.convert(pieces, Dtype.BF16, List.of(memory.slice(0, 6), memory.slice(6, 4)));

        assertThat(Tensor.of(Dtype.BF16, whole.shape(), memory).contentEquals(Conversion.convert(whole, Dtype.BF16)))
                .isTrue();
    }

    @Test
    void convertsAnEmptyTensor() {
        Tensor empty = Tensor.of(Dtype.F32, TensorShape.of(0, 3), List.of());

        assertThat(Conversion.convert(empty, Dtype.F16)).hasToString("F16[0, 3]");
    }

    @Test
    void returnsTheTensorItselfForItsOwnType() {
        Tensor tensor = singles(1);

        assertThat(Conversion.convert(tensor, Dtype.F32)).isSameAs(tensor);
    }

    @Test
    void refusesIntegers() {
        Tensor tensor = Tensor.of(Dtype.I32, TensorShape.of(1), ByteBuffer.allocate(4));

        assertThatThrownBy(() -> Conversion.convert(tensor, Dtype.F32))
                .isInstanceOf(UnsupportedDtypeException.class)
                .hasMessageContaining("I32[1]")
                .hasMessageContaining("F32");
    }

    @Test
    void refusesMemoryOfAnotherSize() {
        assertThatThrownBy(() -> Conversion.convert(singles(1, 2), Dtype.F16, List.of(ByteBuffer.allocate(2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs 4 bytes, but the memory has 2");
    }

    private static Tensor input(Dtype dtype) {
        return switch (dtype) {
            case F16, BF16 -> halves(dtype);
            case F32 -> boundarySingles();
            default -> boundaryDoubles();
        };
    }

    private static Tensor halves(Dtype dtype) {
        DirectMemory memory = DirectMemory.allocate(2 << 16);
        for (int i = 0; i < 1 << 16; i++) {
            memory.chunks().get(0).putShort(2 * i, (short) i);
        }
        return memory.asTensor(dtype, TensorShape.of(1 << 16));
    }

    /** PyTorch keeps the payload of a NaN when it converts F32 to F16, but not when it converts other types to F16. */
    private static Tensor withPlainNans(Tensor halves) {
        DirectMemory memory = DirectMemory.allocate(halves.byteCount());
        ByteBuffer target = memory.chunks().get(0);
        ByteBuffer source = halves.chunks().get(0);
        while (source.hasRemaining()) {
            short half = source.getShort();
            target.putShort((half & 0x7FFF) > 0x7C00 ? (short) ((half & 0x8000) | 0x7E00) : half);
        }
        return memory.asTensor(Dtype.F16, halves.shape());
    }

    /** All halves except NaNs, which become quiet when they are widened. */
    private static Tensor numbersOf(Dtype half) {
        int infinity = half == Dtype.F16 ? 0x7C00 : 0x7F80;
        ByteBuffer bytes = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 1 << 16; i++) {
            if ((i & 0x7FFF) <= infinity) {
                bytes.putShort((short) i);
            }
        }
        bytes.flip();
        return Tensor.of(half, TensorShape.of(bytes.remaining() / 2), bytes);
    }

    /** All upper 19 bits, each with lower 13 bits at, next to and between the rounding boundaries. */
    private static Tensor boundarySingles() {
        int[] lower = {0, 1, 0xFFF, 0x1000, 0x1001, 0x1FFF};
        int count = (1 << 19) * lower.length;
        DirectMemory memory = DirectMemory.allocate(4L * count);
        ByteBuffer bytes = memory.chunks().get(0);
        for (int upper = 0; upper < 1 << 19; upper++) {
            for (int bits : lower) {
                bytes.putInt(upper << 13 | bits);
            }
        }
        return memory.asTensor(Dtype.F32, TensorShape.of(count));
    }

    /** Every 97th of these singles, widened, with its two neighbours. */
    private static Tensor boundaryDoubles() {
        ByteBuffer singles = boundarySingles().chunks().get(0);
        int count = (singles.remaining() / 4 + 96) / 97;
        DirectMemory memory = DirectMemory.allocate(24L * count);
        ByteBuffer bytes = memory.chunks().get(0);
        for (int i = 0; i < count; i++) {
            long middle = Double.doubleToRawLongBits((double) singles.getFloat(4 * 97 * i));
            bytes.putLong(middle - 1).putLong(middle).putLong(middle + 1);
        }
        return memory.asTensor(Dtype.F64, TensorShape.of(3L * count));
    }

    private static Tensor singles(int... bits) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(bits);
        return Tensor.of(Dtype.F32, TensorShape.of(bits.length), bytes);
    }

    private static int first(Tensor halves) {
        return halves.chunks().get(0).getShort(0) & 0xFFFF;
    }

    private static List<String> lines(String resource) throws IOException {
        try (var stream = ConversionTest.class.getResourceAsStream(resource);
                var reader = new BufferedReader(
                        new InputStreamReader(Objects.requireNonNull(stream), StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        }
    }
}
