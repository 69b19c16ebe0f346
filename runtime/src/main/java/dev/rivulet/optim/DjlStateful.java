package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import dev.rivulet.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A DJL optimizer whose state is held in a {@link DjlState}. */
interface DjlStateful extends StatefulOptimizer {

    /** The state. */
    DjlState state();

    @Override
    default void initialize(Map<String, Parameter> parameters) {
        state().initialize(parameters);
    }

    @Override
    default List<List<String>> parametersByGroup() {
        return state().parametersByGroup();
    }

    @Override
    default Map<String, NDArray> stateArrays() {
        return state().stateArrays();
    }

    @Override
    default Map<Long, Map<String, NDArray>> arraysByIndex() {
        return state().arraysByIndex();
    }

    @Override
    default Map<String, @Nullable Object> stateDict(Function<String, Tensor> tensors) {
        return state().stateDict(tensors);
    }

    @Override
    default void loadStateDict(Map<String, ?> saved) {
        state().loadStateDict(saved);
    }

    @Override
    default void close() {
        state().close();
    }
}
