package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.TensorShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The layout of PyTorch's {@code Optimizer.state_dict()}. Parameters are numbered group by group.
 *
 * @param owner the optimizer's name, for messages
 * @param groups the parameter groups, in order
 * @param states the state of each parameter that is or was trained, by dotted name
 * @param addition adds the state of another parameter, given its name
 */
record TorchStateDict(
        String owner,
        List<ParamGroup> groups,
        Map<String, ParameterState> states,
        Function<String, ParameterState> addition,
        Layout layout) {

    /**
     * What a kind of optimizer saves.
     *
     * @param arrayKeys the names of the state arrays of each parameter in a group
     * @param stepsRecorded whether the number of steps is part of a parameter's state
     * @param eager whether state exists before the first step
     */
    record Layout(Function<ParamGroup, List<String>> arrayKeys, boolean stepsRecorded, boolean eager) {}

    /** Entries of a saved group that are not loaded: its members and the kind of optimizer. */
    private static final Set<String> NOT_RESTORED = Set.of("params", "param_names", "decoupled_weight_decay");

    Map<String, @Nullable Object> write(Function<String, Tensor> tensors) {
        Map<Long, @Nullable Object> state = new LinkedHashMap<>();
        List<Map<String, @Nullable Object>> savedGroups = new ArrayList<>();
        long index = 0;
        for (ParamGroup group : groups) {
            List<Long> params = new ArrayList<>();
            for (String name : group.parameters()) {
                ParameterState parameter = states.get(name);
                if (parameter != null && hasState(parameter)) {
                    state.put(index, stateOf(parameter, tensors));
                }
                params.add(index++);
            }
            Map<String, @Nullable Object> saved = new LinkedHashMap<>(group.options());
            saved.put("params", params);
            savedGroups.add(saved);
        }
        Map<String, @Nullable Object> dictionary = new LinkedHashMap<>();
        dictionary.put("state", state);
        dictionary.put("param_groups", savedGroups);
        return dictionary;
    }

    /** The state arrays of each trained parameter, by number of the parameter and name of the array. */
    Map<Long, Map<String, NDArray>> arraysByIndex() {
        Map<Long, Map<String, NDArray>> arrays = new LinkedHashMap<>();
        long index = 0;
        for (ParamGroup group : groups) {
            for (String name : group.parameters()) {
                ParameterState parameter = states.get(name);
                if (parameter != null) {
                    arrays.put(index, Map.copyOf(parameter.arrays()));
                }
                index++;
            }
        }
        return arrays;
    }

    private boolean hasState(ParameterState parameter) {
        return (layout.eager() || parameter.steps() > 0)
                && (layout.stepsRecorded() || !parameter.arrays().isEmpty());
    }

    private Map<String, @Nullable Object> stateOf(ParameterState parameter, Function<String, Tensor> tensors) {
        Map<String, @Nullable Object> saved = new LinkedHashMap<>();
        if (layout.stepsRecorded()) {
            saved.put("step", scalar(parameter.steps()));
        }
        parameter.arrays().keySet().forEach(key -> saved.put(key, tensors.apply(key + "." + parameter.parameter())));
        return saved;
    }

    /** A count as PyTorch saves it, in float32. */
    static Tensor scalar(long count) {
        DirectMemory memory = DirectMemory.allocate(Float.BYTES);
        memory.chunks().get(0).putFloat((float) count);
        return memory.asTensor(Dtype.F32, TensorShape.of());
    }

    void read(Map<String, ?> dictionary) {
        DictReader saved = SavedState.ofOptimizer(dictionary);
        StateWrites writes = new StateWrites();
        List<DictReader> savedGroups = saved.dicts("param_groups");
        if (savedGroups.size() != groups.size()) {
            throw new MismatchedStateException(saved.name() + " has " + savedGroups.size()
                    + " parameter groups, but this " + owner + " has " + groups.size() + "; declare the same groups.");
        }
        Map<Long, Object> stateByIndex = byIndex(saved);
        for (int i = 0; i < groups.size(); i++) {
            readGroup(saved.name(), savedGroups.get(i), groups.get(i), stateByIndex, writes);
        }
        writes.apply();
    }

    private void readGroup(
            String whole, DictReader saved, ParamGroup group, Map<Long, Object> state, StateWrites writes) {
        List<Double> indices = saved.numbers("params");
        if (indices.size() != group.parameters().size()) {
            throw new MismatchedStateException(saved.name() + " has " + indices.size()
                    + " parameters, but the group has " + group.parameters().size() + ": " + group.parameters()
                    + "; it was saved for another architecture or other groups, or only for the parameters that were"
                    + " trained: then freeze the others here, too.");
        }
        if (Boolean.TRUE.equals(saved.values().get("maximize"))) {
            throw new MismatchedStateException(saved.name() + " has maximize=True, which is not supported;"
                    + " save it from a run that minimizes the negated loss.");
        }
        Map<String, @Nullable Object> options = options(saved, group);
        writes.add(() -> group.setAll(options));
        for (int i = 0; i < indices.size(); i++) {
            String name = group.parameters().get(i);
            ParameterState parameter = states.get(name);
            Object entry = state.get(indices.get(i).longValue());
            if (parameter == null && entry != null) {
                parameter = addition.apply(name); // It was trained before it was frozen.
            }
            if (parameter != null) {
                readParameter(whole + " for " + name, parameter, entry, writes);
                requireArrays(saved, parameter, group.with(options));
            }
        }
    }

    private static Map<String, @Nullable Object> options(DictReader saved, ParamGroup group) {
        Map<String, @Nullable Object> options = saved.named();
        options.keySet().removeAll(NOT_RESTORED);
        group.options().forEach((key, current) -> {
            if (options.containsKey(key)) {
                options.put(key, SavedState.checked(saved, key, current));
            }
        });
        return options;
    }

    /** Compares hyper-parameters, because a state from before the first step has no arrays to compare. */
    private void requireArrays(DictReader saved, ParameterState parameter, ParamGroup savedGroup) {
        List<String> needed = layout.arrayKeys().apply(savedGroup);
        if (!Set.copyOf(needed).equals(parameter.arrays().keySet())) {
            throw new MismatchedStateException(saved.name() + " belongs to an optimizer with the state " + needed
                    + ", but this " + owner + " has " + parameter.arrays().keySet()
                    + "; use the optimizer of the saved run, with the same hyper-parameters.");
        }
    }

    private void readParameter(String where, ParameterState parameter, @Nullable Object entry, StateWrites writes) {
        if (entry == null) {
            writes.add(() -> parameter.setSteps(0));
            parameter.arrays().values().forEach(writes::zero);
            return;
        }
        if (!(entry instanceof Map<?, ?> map)) {
            throw new MismatchedStateException(where + " is " + entry + " instead of a dictionary.");
        }
        Map<String, @Nullable Object> tensors = SavedState.of(where, map).named();
        tensors.remove("step");
        tensors.values().removeIf(value -> value == null);
        Map<String, NDArray> arrays = parameter.arrays();
        if (!tensors.keySet().equals(arrays.keySet())) {
            throw new MismatchedStateException(where + " has " + tensors.keySet() + ", but this " + owner + " has "
                    + arrays.keySet()
                    + "; use the optimizer of the saved run, with the same hyper-parameters.");
        }
        long steps = layout.stepsRecorded() ? SavedState.of(where, map).integer("step") : 1;
        writes.add(() -> parameter.setSteps(steps));
        arrays.forEach((key, array) -> writes.fill(key + "." + parameter.parameter(), array, tensors.get(key)));
    }

    static Map<Long, Object> byIndex(DictReader saved) {
        Map<Long, Object> byIndex = new LinkedHashMap<>();
        saved.dict("state").values().forEach((key, value) -> {
            if (!(key instanceof Number index)) {
                throw saved.wrong("state", "a dictionary with parameter numbers as keys");
            }
            byIndex.put(index.longValue(), value);
        });
        return byIndex;
    }
}
