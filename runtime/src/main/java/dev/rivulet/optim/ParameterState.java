package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The state of one parameter in a {@link TorchOptimizer}: the number of steps, and arrays of the parameter's shape
 * under PyTorch's names.
 */
final class ParameterState {
    private final String parameter;
    private final ParamGroup group;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private long steps;

    ParameterState(String parameter, ParamGroup group) {
        this.parameter = parameter;
        this.group = group;
    }

    /** The parameter's dotted name. */
    String parameter() {
        return parameter;
    }

    /** The group that the parameter belongs to. */
    ParamGroup group() {
        return group;
    }

    /** Steps so far, including the current one. */
    long steps() {
        return steps;
    }

    Map<String, NDArray> arrays() {
        return arrays;
    }

    void add(String key, NDArray array) {
        arrays.put(key, array);
    }

    void setSteps(long count) {
        steps = count;
    }
}
