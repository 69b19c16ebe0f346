package dev.rivulet.internal.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Updates parameters in host memory without libtorch, many times as fast as with an operation after the other. For the
 * training thread.
 */
public final class HostUpdates implements AutoCloseable {
    private final FloatChunks chunks = new FloatChunks(JniUtils::getNumThreads);
    private final ArrayArithmetic arithmetic;
    private final Map<String, HostParameter> parameters = new HashMap<>();

    /**
     * No parameter yet.
     *
     * @param arithmetic tells autograd that a weight has changed
     */
    public HostUpdates(ArrayArithmetic arithmetic) {
        this.arithmetic = arithmetic;
    }

    /**
     * Updates a parameter, unless its type is not float32 or an array does not lie in host memory without gaps.
     *
     * @param state the state arrays by PyTorch's names, always the same for a parameter
     * @return whether it is updated
     */
    public boolean update(
            String parameter, NDArray weight, NDArray gradient, Map<String, NDArray> state, Update.Source source) {
        Optional<FloatChunks.Memory> memory =
                known(parameter, weight, state).flatMap(known -> known.memory(gradient));
        memory.ifPresent(found -> {
            chunks.update(source, found);
            arithmetic.scale(parameters.get(parameter).nothing(), 1);
        });
        return memory.isPresent();
    }

    private Optional<HostParameter> known(String parameter, NDArray weight, Map<String, NDArray> state) {
        HostParameter known = parameters.get(parameter);
        if (known != null && known.isOf(weight)) {
            return Optional.of(known);
        }
        if (known != null) {
            known.close();
            parameters.remove(parameter);
        }
        if (weight.getDataType() == DataType.FLOAT32 && weight instanceof PtNDArray array) {
            parameters.put(parameter, new HostParameter(array, state));
        }
        return Optional.ofNullable(parameters.get(parameter));
    }

    @Override
    public void close() {
        parameters.values().forEach(HostParameter::close);
        parameters.clear();
        chunks.close();
    }
}
