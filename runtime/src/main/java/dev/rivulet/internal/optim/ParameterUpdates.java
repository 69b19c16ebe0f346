package dev.rivulet.internal.optim;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Updates parameters and their state in place: those of float32 in host memory by loops of ours, others by operations of
 * libtorch. Nothing is recorded for gradients, and no array is left open. For the training thread.
 */
public final class ParameterUpdates implements AutoCloseable {
    private final ArrayArithmetic arithmetic;
    private final FloatChunks chunks = new FloatChunks(JniUtils::getNumThreads);
    private final Map<String, HostParameter> hosted = new HashMap<>();

    public ParameterUpdates(Engine engine) {
        arithmetic = new ArrayArithmetic(engine);
    }

    /** Arithmetic for arrays of any kind. */
    public ArrayArithmetic arithmetic() {
        return arithmetic;
    }

    /**
     * Updates a parameter.
     *
     * @param name of the parameter
     * @param state arrays of the weight's type and shape by PyTorch's names; always the same for a parameter
     * @param update the same object for parameters with the same update, which is then prepared once
     * @throws IllegalStateException if the update needs an array that the state does not have
     */
    public void update(
            String name, NDArray weight, NDArray gradient, Map<String, NDArray> state, Update.Source update) {
        Optional<HostParameter> host = host(name, weight, state);
        Optional<FloatChunks.Memory> memory = host.flatMap(parameter -> parameter.memory(gradient));
        if (memory.isPresent()) {
            chunks.update(update, memory.get());
            arithmetic.scale(host.get().nothing(), 1); // Autograd counts writes, to find those between its passes.
        } else {
            updateArrays(name, weight, gradient, state, update.of(arithmetic));
        }
    }

    private Optional<HostParameter> host(String name, NDArray weight, Map<String, NDArray> state) {
        HostParameter known = hosted.get(name);
        if (known != null && known.isOf(weight)) {
            return Optional.of(known);
        }
        if (known != null) {
            known.close();
            hosted.remove(name);
        }
        if (weight.getDataType() == DataType.FLOAT32 && weight instanceof PtNDArray array) {
            hosted.put(name, new HostParameter(name, array, state));
        }
        return Optional.ofNullable(hosted.get(name));
    }

    private static void updateArrays(
            String name, NDArray weight, NDArray gradient, Map<String, NDArray> state, Update<NDArray> update) {
        ParameterBlocks blocks = ParameterBlocks.of(weight.getShape());
        try (NDArray plain = weight.stopGradient(); // Aliases for which no operation is recorded.
                NDArray plainGradient = gradient.stopGradient()) {
            if (blocks.count() == 1) {
                update.apply(plain, plainGradient, key -> required(name, key, state.get(key)));
            } else {
                for (long i = 0; i < blocks.count(); i++) {
                    updateBlock(name, plain, plainGradient, state, update, blocks, i);
                }
            }
        }
    }

    private static void updateBlock(
            String name,
            NDArray weight,
            NDArray gradient,
            Map<String, NDArray> state,
            Update<NDArray> update,
            ParameterBlocks blocks,
            long block) {
        Map<String, NDArray> parts = new LinkedHashMap<>();
        try (NDArray weightPart = blocks.view(weight, block);
                NDArray gradientPart = blocks.view(gradient, block)) {
            state.forEach((key, array) -> parts.put(key, blocks.view(array, block)));
            update.apply(weightPart, gradientPart, key -> required(name, key, parts.get(key)));
        } finally {
            parts.values().forEach(NDArray::close);
        }
    }

    /** The array of a key. */
    static <A> A required(String parameter, String key, @Nullable A array) {
        if (array == null) {
            throw new IllegalStateException("The state of " + parameter + " has no " + key
                    + "; set hyper-parameters that need it before the first step.");
        }
        return array;
    }

    @Override
    public void close() {
        hosted.values().forEach(HostParameter::close);
        hosted.clear();
        chunks.close();
        arithmetic.close();
    }
}
