package dev.rivulet.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import dev.rivulet.internal.format.DictReader;
import dev.rivulet.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state of a DJL optimizer, held here instead of in the optimizer's private maps.
 *
 * <p>DJL calls {@code withDefaultState} for each array of a parameter and passes the map that would hold it. Only the
 * map's identity tells which array it is. Each optimizer asks for its maps in a fixed order, which identifies them.
 */
final class DjlState {
    private final String owner;
    private final List<String> keys;
    private final List<Object> maps = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();
    private final Map<String, Map<String, NDArray>> arrays = new LinkedHashMap<>();
    private final Map<String, NDArray> stateArrays = new LinkedHashMap<>();
    private final Map<String, NDArray> untrained = new LinkedHashMap<>();
    private final Map<String, Long> steps = new LinkedHashMap<>();
    private @Nullable NDManager memory;
    private long mostSteps;

    /** DJL's count before the first step; negative if unknown. */
    private long begin = -1;

    /**
     * Creates the state of an optimizer.
     *
     * @param keys the names of a parameter's arrays, in the order in which the optimizer asks for them
     */
    DjlState(String owner, List<String> keys) {
        this.owner = owner;
        this.keys = keys;
    }

    void initialize(Map<String, Parameter> all) {
        if (!parameters.isEmpty()) {
            throw new IllegalStateException(
                    owner + " has already been used to train; create one optimizer for each fit.");
        }
        all.forEach((name, parameter) -> {
            if (!TorchOptimizer.BUFFERS.contains(parameter.getType())) {
                parameters.add(name);
                untrained.put(name, parameter.getArray());
                if (parameter.requiresGradient()) {
                    addState(name);
                }
            }
        });
    }

    /**
     * The number of a parameter's step as DJL counts it: the largest of all parameters.
     *
     * @param own the optimizer's count, which does not include the steps of the saved run
     */
    int count(String parameter, int own) {
        if (begin < 0) {
            begin = own - 1L;
        }
        mostSteps = Math.max(mostSteps, steps.merge(parameter, begin + 1, (before, unused) -> before + 1));
        return Math.toIntExact(mostSteps);
    }

    /** The array that the optimizer requests. */
    NDArray array(Object map, String parameter, Device device) {
        int slot = 0;
        while (slot < maps.size() && maps.get(slot) != map) {
            slot++;
        }
        if (slot == maps.size()) {
            maps.add(map);
        }
        if (untrained.containsKey(parameter)) {
            addState(parameter);
        }
        Map<String, NDArray> ofParameter = arrays.get(parameter);
        if (ofParameter == null) {
            throw new IllegalStateException(owner + " does not know the parameter " + parameter
                    + "; initialize it with all parameters before training.");
        }
        NDArray array = ofParameter.get(keys.get(slot));
        if (array == null || !array.getDevice().equals(device)) {
            throw new IllegalStateException(
                    owner + " holds its state on one device, but " + parameter + " has no state on " + device + ".");
        }
        return array;
    }

    List<List<String>> parametersByGroup() {
        return List.of(List.copyOf(parameters));
    }

    Map<String, NDArray> stateArrays() {
        return Collections.unmodifiableMap(stateArrays);
    }

    Map<Long, Map<String, NDArray>> arraysByIndex() {
        Map<Long, Map<String, NDArray>> byIndex = new LinkedHashMap<>();
        for (String name : parameters) {
            Map<String, NDArray> ofParameter = arrays.get(name);
            if (ofParameter != null) {
                byIndex.put((long) parameters.indexOf(name), Map.copyOf(ofParameter));
            }
        }
        return byIndex;
    }

    Map<String, @Nullable Object> stateDict(Function<String, Tensor> tensors) {
        Map<Long, @Nullable Object> state = new LinkedHashMap<>();
        List<Long> params = new ArrayList<>();
        for (String name : parameters) {
            Map<String, NDArray> ofParameter = arrays.get(name);
            long index = params.size();
            long count = steps.getOrDefault(name, 0L);
            if (ofParameter != null && count > 0) {
                Map<String, @Nullable Object> saved = new LinkedHashMap<>();
                saved.put("step", TorchStateDict.scalar(count));
                ofParameter.keySet().forEach(key -> saved.put(key, tensors.apply(key + "." + name)));
                state.put(index, saved);
            }
            params.add(index);
        }
        Map<String, @Nullable Object> group = new LinkedHashMap<>();
        group.put("params", params);
        Map<String, @Nullable Object> dictionary = new LinkedHashMap<>();
        dictionary.put("state", state);
        dictionary.put("param_groups", List.of(group));
        return dictionary;
    }

    void loadStateDict(Map<String, ?> dictionary) {
        if (parameters.isEmpty()) {
            throw new IllegalStateException(owner + " has no parameters yet; initialize it before loading a state.");
        }
        DictReader saved = SavedState.ofOptimizer(dictionary);
        List<DictReader> groups = saved.dicts("param_groups");
        if (groups.size() != 1 || groups.get(0).list("params").size() != parameters.size()) {
            throw new MismatchedStateException(
                    saved.name() + " does not have, like this " + owner + ", exactly one group with the "
                            + parameters.size() + " parameters " + parameters + "; load the state of the same model.");
        }
        Map<Long, Object> stateByIndex = TorchStateDict.byIndex(saved);
        StateWrites writes = new StateWrites();
        List<Double> indices = groups.get(0).numbers("params");
        Map<String, Long> counts = new LinkedHashMap<>();
        for (int i = 0; i < indices.size(); i++) {
            String name = parameters.get(i);
            Object entry = stateByIndex.get(indices.get(i).longValue());
            if (entry != null) {
                counts.put(name, read(saved.name() + " for " + name, name, entry, writes));
            } else {
                arrays.getOrDefault(name, Map.of()).values().forEach(writes::zero);
            }
        }
        writes.apply();
        steps.clear();
        steps.putAll(counts);
        mostSteps = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private long read(String where, String name, Object entry, StateWrites writes) {
        if (untrained.containsKey(name)) {
            addState(name); // It was trained before it was frozen.
        }
        Map<String, NDArray> ofParameter = arrays.getOrDefault(name, Map.of());
        if (!(entry instanceof Map<?, ?> map) || !map.keySet().containsAll(ofParameter.keySet())) {
            throw new MismatchedStateException(where + " is not a dictionary with " + ofParameter.keySet()
                    + ", as this " + owner + " needs; it belongs to another optimizer.");
        }
        ofParameter.forEach((key, array) -> writes.fill(key + "." + name, array, map.get(key)));
        return SavedState.of(where, map).integer("step");
    }

    void close() {
        if (memory != null) {
            memory.close();
        }
    }

    /** Creates the state of a parameter that has not been trained before. */
    private void addState(String name) {
        NDArray weight = Objects.requireNonNull(untrained.remove(name), name);
        if (memory == null) {
            memory = weight.getManager().getEngine().newBaseManager(weight.getDevice());
        }
        Map<String, NDArray> ofParameter = new LinkedHashMap<>();
        for (String key : keys) {
            NDArray array = memory.zeros(weight.getShape(), weight.getDataType(), weight.getDevice());
            ofParameter.put(key, array);
            stateArrays.put(key + "." + name, array);
        }
        arrays.put(name, ofParameter);
    }
}
