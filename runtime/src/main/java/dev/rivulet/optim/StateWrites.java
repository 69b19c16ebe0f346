package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.tensor.Conversion;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects changes and applies them only after the whole saved state has been checked. */
final class StateWrites {
    private final List<Runnable> changes = new ArrayList<>();

    void add(Runnable change) {
        changes.add(change);
    }

    /**
     * Schedules a copy of a saved tensor into a live array, converted between floating-point types as in PyTorch.
     *
     * @param saved a {@link Tensor} or an {@link NDArray}
     * @throws MismatchedStateException if dtype or shape differ
     */
    void fill(String name, NDArray live, @Nullable Object saved) {
        if (saved instanceof NDArray array) {
            check(
                    name,
                    live,
                    Dtype.of(array.getDataType()),
                    TensorShape.of(array.getShape().getShape()));
            if (array == live) {
                return; // The file was read directly into it.
            }
            changes.add(() -> {
                try (LiveTensors scope = new LiveTensors()) {
                    NDArrays.write(scope.view(array), live);
                }
            });
        } else if (saved instanceof Tensor tensor) {
            Dtype needed = Dtype.of(live.getDataType());
            boolean converts = Conversion.accepts(needed) && Conversion.accepts(tensor.dtype());
            check(name, live, converts ? needed : tensor.dtype(), tensor.shape());
            changes.add(() -> NDArrays.write(converts ? Conversion.convert(tensor, needed) : tensor, live));
        } else {
            throw new MismatchedStateException("The saved state has " + name + " = " + saved + " instead of a tensor.");
        }
    }

    /** Schedules zeroing of a live array. */
    void zero(NDArray live) {
        changes.add(() -> {
            TensorShape shape = TensorShape.of(live.getShape().getShape());
            Dtype dtype = Dtype.of(live.getDataType());
            NDArrays.write(DirectMemory.allocate(dtype.byteCount(shape)).asTensor(dtype, shape), live);
        });
    }

    void apply() {
        changes.forEach(Runnable::run);
    }

    private static void check(String name, NDArray live, Dtype dtype, TensorShape shape) {
        TensorShape expected = TensorShape.of(live.getShape().getShape());
        if (dtype != Dtype.of(live.getDataType()) || !shape.equals(expected)) {
            throw new MismatchedStateException(
                    "The saved state has " + name + " as " + dtype + shape + ", but the model needs "
                            + Dtype.of(live.getDataType()) + expected + "; it was saved for another architecture.");
        }
    }
}
