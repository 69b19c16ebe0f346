package dev.rivulet.tensor;

import ai.djl.ndarray.types.DataType;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The element type of a tensor: the 22 types of safetensors, under the names used in its files.
 *
 * <p>The constants are in the order of safetensors: files hold tensors of later constants first, so that each tensor is
 * aligned to its element size.
 *
 * <p>DJL's PyTorch engine supports eight of them. The others are never passed to it, because its native code crashes
 * the JVM for most of them, and creates an F32 array for C64; {@link #arrayType} is empty for them.
 *
 * @since 0.1
 */
public enum Dtype {
    BOOL(8, DataType.BOOLEAN),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8, DataType.UINT8),
    I8(8, DataType.INT8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16, DataType.FLOAT16),
    BF16(16),
    I32(32, DataType.INT32),
    U32(32),
    F32(32, DataType.FLOAT32),
    C64(64),
    F64(64, DataType.FLOAT64),
    I64(64, DataType.INT64),
    U64(64);

    private static final Map<String, Dtype> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Dtype::name, Function.identity()));

    private final int bits;
    private final @Nullable DataType arrayType;

    Dtype(int bits) {
        this(bits, null);
    }

    Dtype(int bits, @Nullable DataType arrayType) {
        this.bits = bits;
        this.arrayType = arrayType;
    }

    /** Bits per element: 4 or 6 for the packed types, otherwise a multiple of 8. */
    public int bits() {
        return bits;
    }

    /** Alignment in bytes: the element size, or 1 for the packed types. */
    public int alignment() {
        return Math.max(1, bits / 8);
    }

    /** The corresponding DJL type; empty if its PyTorch engine does not support it. */
    public Optional<DataType> arrayType() {
        return Optional.ofNullable(arrayType);
    }

    /** The dtype of a safetensors name, such as {@code "BF16"}; empty for an unknown name. */
    public static Optional<Dtype> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /**
     * The dtype that corresponds to a DJL type.
     *
     * @throws UnsupportedDtypeException if the PyTorch engine does not support the type
     */
    public static Dtype of(DataType arrayType) {
        for (Dtype dtype : values()) {
            if (dtype.arrayType == arrayType) {
                return dtype;
            }
        }
        throw new UnsupportedDtypeException("An array of DJL type " + arrayType
                + " cannot be read: the PyTorch engine returns no bytes for it."
                + " Cast it to FLOAT32 or another supported type before saving.");
    }

    /**
     * Size in bytes of a densely packed tensor of this type.
     *
     * @throws ArithmeticException if the count exceeds a long
     * @throws IllegalArgumentException if packed elements do not end on a byte boundary
     */
    public long byteCount(TensorShape shape) {
        long bitCount = Math.multiplyExact(shape.elementCount(), bits);
        if (bitCount % 8 != 0) {
            throw new IllegalArgumentException("A tensor of " + this + " with shape " + shape + " has " + bitCount
                    + " bits, which do not end on a byte boundary; pad its last dimension.");
        }
        return bitCount / 8;
    }
}
