package dev.rivulet.internal.tensor;

import ai.djl.ndarray.NDArray;
import dev.rivulet.tensor.Tensor;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Copies live arrays by name. */
public record TensorCopies(Map<String, NDArray> arrays) implements Function<String, Tensor> {
    @Override
    public Tensor apply(String name) {
        try (LiveTensors live = new LiveTensors()) {
            return live.view(Objects.requireNonNull(arrays.get(name))).copy();
        }
    }
}
