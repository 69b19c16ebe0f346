package dev.rivulet.tensor;

import ai.djl.ndarray.types.DataType;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The type of a tensor's elements: the 22 of safetensors, under the names that its files use.
 *
 * <p>The order of the constants is that of safetensors: files hold tensors of a later constant first, so that each
 * tensor is aligned to its own element size.
 *
 * <p>DJL's PyTorch engine takes eight of them. The others never reach it, because its native code ends the JVM when it
 * is given most of them, and makes an F32 array when asked for C64; {@link #arrayType} is empty for them.
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

    /** Bits per element; 4 and 6 for the packed types, else a multiple of 8. */
    public int bits() {
        return bits;
    }

    /** Bytes that hold together: the element size, or 1 for the packed types. */
    public int alignment() {
        return Math.max(1, bits / 8);
    }

    /** DJL's name of this type; empty where its PyTorch engine cannot hold it. */
    public Optional<DataType> arrayType() {
        return Optional.ofNullable(arrayType);
    }

    /** The constant of a safetensors name, such as {@code "BF16"}; empty for an unknown name. */
    public static Optional<Dtype> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /**
     * The dtype of DJL's arrays of a type.
     *
     * @throws UnsupportedDtypeException if the PyTorch engine holds no such arrays
     */
    public static Dtype of(DataType arrayType) {
        for (Dtype dtype : values()) {
            if (dtype.arrayType == arrayType) {
                return dtype;
            }
        }
        throw new UnsupportedDtypeException("An array of DJL type " + arrayType
                + " cannot be read: the PyTorch engine gives no bytes for it."
                + " Cast it to FLOAT32 or another type that it holds before it is saved.");
    }

    /**
     * Bytes of a densely packed tensor of this type.
     *
     * @throws ArithmeticException if the count exceeds a long
     * @throws IllegalArgumentException if packed elements do not end on a byte
     */
    public long byteCount(TensorShape shape) {
        long bitCount = Math.multiplyExact(shape.elementCount(), bits);
        if (bitCount % 8 != 0) {
            throw new IllegalArgumentException("A tensor of " + this + " with shape " + shape + " has " + bitCount
                    + " bits, which do not end on a byte; pad its last dimension.");
        }
        return bitCount / 8;
    }
}
