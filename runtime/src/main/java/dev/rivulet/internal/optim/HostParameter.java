package dev.rivulet.internal.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import dev.rivulet.internal.tensor.LiveArray;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The arrays of a float32 parameter, whose places in memory are looked up once. */
final class HostParameter implements AutoCloseable {
    private final String name;
    private final PtNDArray weight;

    /** Identifies the libtorch tensor as an object; an equal address would not suffice, because libtorch reuses it. */
    private final Object handle;

    private final LiveArray weightMemory;
    private final List<String> keys;
    private final List<LiveArray> state;

    /** A view of the weight without elements. Writes to it are noticed by autograd, which counts them. */
    private final NDArray nothing;

    private @Nullable LiveArray gradientMemory;

    HostParameter(String name, PtNDArray weight, Map<String, NDArray> arrays) {
        this.name = name;
        this.weight = weight;
        handle = weight.getHandle();
        weightMemory = new LiveArray(weight);
        keys = List.copyOf(arrays.keySet());
        state = arrays.values().stream().map(LiveArray::new).toList();
        try (NDArray plain = weight.stopGradient();
                NDArray flat = plain.reshape(-1)) {
            nothing = flat.get(new NDIndex("0:0"));
            nothing.detach();
        }
    }

    /** Whether it was made for this array while that was the same libtorch tensor. */
    boolean isOf(NDArray array) {
        return array == weight && handle == (Object) weight.getHandle();
    }

    NDArray nothing() {
        return nothing;
    }

    /** Where the arrays are now; empty if one does not lie in host memory without gaps. */
    Optional<FloatChunks.Memory> memory(NDArray gradient) {
        if (gradient.getDataType() != DataType.FLOAT32 || gradient.size() != weight.size()) {
            return Optional.empty();
        }
        if (gradientMemory == null || gradientMemory.array() != gradient) {
            gradientMemory = new LiveArray(gradient);
        }
        Optional<FloatBuffer> weights = floats(weightMemory);
        Optional<FloatBuffer> gradients = floats(gradientMemory);
        List<FloatBuffer> arrays =
                state.stream().flatMap(array -> floats(array).stream()).toList();
        return weights.isEmpty() || gradients.isEmpty() || arrays.size() < state.size()
                ? Optional.empty()
                : Optional.of(new FloatChunks.Memory(name, weights.get(), gradients.get(), keys, arrays));
    }

    private static Optional<FloatBuffer> floats(LiveArray array) {
        return array.buffer().map(ByteBuffer::asFloatBuffer);
    }

    @Override
    public void close() {
        nothing.close();
    }
}
