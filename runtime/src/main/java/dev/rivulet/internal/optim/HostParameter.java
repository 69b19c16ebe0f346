package dev.rivulet.internal.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The arrays of a float32 parameter, whose places in memory are looked up once. */
final class HostParameter implements AutoCloseable {
    private final String name;
    private final PtNDArray weight;
    private final Object handle;
    private final FloatMemory weightMemory;
    private final List<String> keys;
    private final List<FloatMemory> state;

    /** A view of the weight without elements. Writes to it are noticed by autograd, which counts them. */
    private final NDArray nothing;

    private @Nullable FloatMemory gradientMemory;

    HostParameter(String name, PtNDArray weight, Map<String, NDArray> arrays) {
        this.name = name;
        this.weight = weight;
        handle = weight.getHandle();
        weightMemory = new FloatMemory(weight);
        keys = List.copyOf(arrays.keySet());
        state = arrays.values().stream().map(FloatMemory::new).toList();
        try (NDArray plain = weight.stopGradient();
                NDArray flat = plain.reshape(-1)) {
            nothing = flat.get(new NDIndex("0:0"));
            nothing.detach();
        }
    }

    /** Whether it was made for this array while that was the same libtorch tensor. */
    boolean isOf(NDArray array) {
        return array == weight && handle.equals(weight.getHandle());
    }

    NDArray nothing() {
        return nothing;
    }

    /** Where the arrays are now; empty if one does not lie in host memory without gaps. */
    Optional<FloatChunks.Memory> memory(NDArray gradient) {
        if (gradient.getDataType() != DataType.FLOAT32 || gradient.size() != weight.size()) {
            return Optional.empty();
        }
        if (gradientMemory == null || !gradientMemory.isOf(gradient)) {
            gradientMemory = new FloatMemory(gradient);
        }
        List<FloatBuffer> buffers = new ArrayList<>(state.size());
        for (FloatMemory memory : state) {
            memory.floats().ifPresent(buffers::add);
        }
        FloatBuffer weights = weightMemory.floats().orElse(null);
        FloatBuffer gradients = gradientMemory.floats().orElse(null);
        return weights == null || gradients == null || buffers.size() < state.size()
                ? Optional.empty()
                : Optional.of(new FloatChunks.Memory(name, weights, gradients, keys, buffers));
    }

    @Override
    public void close() {
        nothing.close();
    }
}
