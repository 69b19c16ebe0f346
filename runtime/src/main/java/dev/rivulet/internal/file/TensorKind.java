package dev.rivulet.internal.file;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.tensor.Conversion;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;

/** The type and shape of a tensor. */
public record TensorKind(Dtype dtype, TensorShape shape) {

    public static TensorKind of(NDArray array) {
        return new TensorKind(
                Dtype.of(array.getDataType()), TensorShape.of(array.getShape().getShape()));
    }

    /** Whether a tensor of this kind can hold values of the other kind, after conversion if necessary. */
    boolean takes(TensorKind other) {
        return shape.equals(other.shape)
                && (dtype == other.dtype || (Conversion.accepts(dtype) && Conversion.accepts(other.dtype)));
    }

    @Override
    public String toString() {
        return dtype.name() + shape;
    }
}
