package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.TorchRule;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import java.util.Optional;

/** Checks that a view stays inside its storage. */
final class ViewBounds {
    /** The maximum number of dimensions in PyTorch. */
    static final int MAX_RANK = 64;

    private ViewBounds() {}

    /** A problem, described by a clause without a full stop. */
    record Misfit(TorchRule rule, String detail) {}

    /** Checks a view with arbitrary numbers. */
    static Optional<Misfit> check(long storageBytes, Dtype dtype, long offset, TensorShape shape, long[] strides) {
        long[] dimensions = shape.dimensions();
        long capacity = storageBytes / dtype.alignment();
        if (dimensions.length > MAX_RANK || strides.length != dimensions.length) {
            return misfit(
                    TorchRule.TENSOR_SHAPE,
                    "it has " + dimensions.length + " dimensions and " + strides.length + " strides; the maximum is "
                            + MAX_RANK);
        }
        if (offset < 0) {
            return misfit(TorchRule.TENSOR_BOUNDS, "it starts at element " + offset);
        }
        if (shape.elementCount() > capacity) {
            return misfit(
                    TorchRule.TENSOR_SIZE,
                    "it has " + shape.elementCount() + " elements, but its storage only " + capacity);
        }
        if (shape.elementCount() == 0) {
            return offset > capacity
                    ? misfit(TorchRule.TENSOR_BOUNDS, "it starts at element " + offset + " of " + capacity)
                    : Optional.empty();
        }
        long last = offset;
        for (int i = 0; i < dimensions.length; i++) {
            if (strides[i] < 0) {
                return misfit(TorchRule.TENSOR_BOUNDS, "it has the stride " + strides[i]);
            }
            long steps = dimensions[i] - 1;
            if (steps > 0 && strides[i] > (Long.MAX_VALUE - last) / steps) {
                return misfit(TorchRule.TENSOR_BOUNDS, "the position of its last element exceeds 63 bits");
            }
            last += steps * strides[i];
        }
        return last >= capacity
                ? misfit(TorchRule.TENSOR_BOUNDS, "it ends at element " + last + " of " + capacity)
                : Optional.empty();
    }

    private static Optional<Misfit> misfit(TorchRule rule, String detail) {
        return Optional.of(new Misfit(rule, detail));
    }
}
