package dev.rivulet.internal.optim;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * Arithmetic on arrays of any type, layout and device, by libtorch.
 *
 * <p>libtorch's kernels for {@code add(alpha)}, {@code lerp} and {@code addcmul} multiply and add with a single
 * rounding. DJL does not offer them, and a float32 multiplication followed by an addition rounds twice. Therefore the
 * product is computed in float64, where it is exact, and added to the float32 array in one operation, which libtorch
 * computes in float64. (The sum is rounded to float64 first, which changes the float32 result in about one of 2^29
 * cases.)
 *
 * <p>No operation leaves arrays open or allocates memory for its scalars.
 */
public final class ArrayArithmetic implements Arithmetic<NDArray>, AutoCloseable {
    private static final NDIndex EVERYTHING = new NDIndex("...");

    private final NDManager manager;
    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(Double.BYTES + Float.BYTES).order(ByteOrder.nativeOrder());

    /** Scalars backed by {@link #memory}, so that their values change without creating an array. */
    private final NDArray float64;

    private final NDArray float32;

    public ArrayArithmetic(Engine engine) {
        manager = engine.newBaseManager(Device.cpu());
        float64 = scalarOver(memory.slice(0, Double.BYTES), DataType.FLOAT64);
        float32 = scalarOver(memory.slice(Double.BYTES, Float.BYTES), DataType.FLOAT32);
    }

    private NDArray scalarOver(ByteBuffer memory, DataType type) {
        return JniUtils.createNdFromByteBuffer(
                (PtNDManager) manager, memory, new Shape(), type, SparseFormat.DENSE, Device.cpu());
    }

    @Override
    public void scale(NDArray target, double factor) {
        target.muli(scalar(factor, target));
    }

    @Override
    public void addNormalized(
            NDArray target, NDArray dividend, NDArray meanSquare, double correction, double eps, double value) {
        try (NDArray divisor = meanSquare.sqrt()) {
            if (correction != 1) {
                divisor.divi(scalar(correction, divisor));
            }
            addScalar(divisor, eps);
            try (NDArray quotient = dividend.mul(scalar(value, dividend))) {
                quotient.divi(divisor);
                target.addi(quotient);
            }
        }
    }

    @Override
    public void withCopy(NDArray original, Consumer<NDArray> use) {
        try (NDArray copy = original.duplicate()) {
            use.accept(copy);
        }
    }

    /** {@code target += value}. */
    public void addScalar(NDArray target, double value) {
        target.addi(scalar(value, target));
    }

    @Override
    public void addScaled(NDArray target, NDArray addend, double alpha) {
        if (alpha == 1) {
            target.addi(addend);
        } else {
            try (NDArray product = inFloat64(addend)) {
                product.muli(scalar(rounded(alpha, target), product));
                target.addi(product);
            }
        }
    }

    @Override
    public void lerp(NDArray target, NDArray end, double weight) {
        try (NDArray difference = end.sub(target)) {
            double rounded = rounded(weight, target);
            if (Math.abs(rounded) >= 0.5) {
                copy(end, target);
                addScaled(target, difference, rounded - 1);
            } else {
                addScaled(target, difference, rounded);
            }
        }
    }

    @Override
    public void addSquare(NDArray target, NDArray factor, double value) {
        try (NDArray scaled = factor.mul(scalar(value, factor));
                NDArray product = inFloat64(scaled)) {
            product.muli(factor);
            target.addi(product);
        }
    }

    @Override
    public void maximize(NDArray target, NDArray other) {
        try (NDArray maximum = target.maximum(other)) {
            copy(maximum, target);
        }
    }

    @Override
    public void copy(NDArray source, NDArray target) {
        target.set(EVERYTHING, source);
    }

    /** Always a copy: DJL's {@code toType} returns an array that has the type already, even with {@code copy}. */
    private static NDArray inFloat64(NDArray array) {
        return array.getDataType() == DataType.FLOAT64 ? array.duplicate() : array.toType(DataType.FLOAT64, true);
    }

    /** A scalar of the operand's type; a wider one would widen the result for a 0-dimensional parameter. */
    private NDArray scalar(double value, NDArray operand) {
        if (operand.getDataType() == DataType.FLOAT64) {
            memory.putDouble(0, value);
            return float64;
        }
        memory.putFloat(Double.BYTES, (float) value);
        return float32;
    }

    /** The scalar rounded to the precision that libtorch's kernels use. */
    private static double rounded(double value, NDArray operand) {
        return operand.getDataType() == DataType.FLOAT64 ? value : (float) value;
    }

    @Override
    public void close() {
        manager.close();
    }
}
