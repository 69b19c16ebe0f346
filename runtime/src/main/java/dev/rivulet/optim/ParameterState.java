package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.optim.Update;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The state of one parameter in a {@link TorchOptimizer}: the number of steps, and arrays of the parameter's shape
 * under PyTorch's names.
 */
final class ParameterState implements Update.State<NDArray> {
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

    /**
     * A live array.
     *
     * @throws IllegalStateException if it does not exist, because the group's hyper-parameters did not require it when
     *     the state was created
     */
    @Override
    public NDArray array(String key) {
        NDArray array = arrays.get(key);
        if (array == null) {
            throw new IllegalStateException("The state of " + parameter + " has no " + key
                    + "; set hyper-parameters that need it before the first step.");
        }
        return array;
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

    /**
     * The state of a part of the parameter at this step.
     *
     * @param view returns that part of an array
     */
    ParameterState part(UnaryOperator<NDArray> view) {
        ParameterState part = new ParameterState(parameter, group);
        part.steps = steps;
        arrays.forEach((key, array) -> part.add(key, view.apply(array)));
        return part;
    }
}
