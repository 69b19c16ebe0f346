package dev.rivulet.internal.lightning;

import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Restores the Python types that PyTorch's optimizers and schedulers use instead of plain lists and maps. PyTorch
 * accepts lists as tuples, but keeps them as lists, and sometimes requires {@code MultiStepLR}'s milestones to be a
 * {@code Counter}.
 */
final class PythonTypes {
    private static final String COUNTER = "collections.Counter";

    private PythonTypes() {}

    /** An optimizer's state with tuples of betas. */
    static Map<String, @Nullable Object> ofOptimizer(Map<String, @Nullable Object> state) {
        Map<String, @Nullable Object> typed = new LinkedHashMap<>(state);
        if (state.get("param_groups") instanceof List<?> groups) {
            List<@Nullable Object> typedGroups = new ArrayList<>();
            groups.forEach(group -> typedGroups.add(group instanceof Map<?, ?> map ? ofGroup(map) : group));
            typed.put("param_groups", typedGroups);
        }
        return typed;
    }

    private static Map<Object, @Nullable Object> ofGroup(Map<?, ?> group) {
        Map<Object, @Nullable Object> typed = new LinkedHashMap<>(group);
        if (group.get("betas") instanceof List<?> betas) {
            typed.put(
                    "betas",
                    TorchValue.Items.tuple(
                            betas.stream().map(PlainValues::toTorch).toArray(TorchValue[]::new)));
        }
        return typed;
    }

    /** A scheduler's state, including nested schedulers, with milestones as a {@code Counter}. */
    static Map<Object, @Nullable Object> ofScheduler(Map<?, ?> state) {
        Map<Object, @Nullable Object> typed = new LinkedHashMap<>(state);
        if (state.get("milestones") instanceof Map<?, ?> milestones) {
            typed.put(
                    "milestones",
                    new TorchValue.PythonObject(
                            COUNTER, true, List.of(PlainValues.toTorch(milestones)), Map.of(), TorchValue.None.NONE));
        }
        if (state.get("_schedulers") instanceof List<?> schedulers) {
            List<@Nullable Object> typedSchedulers = new ArrayList<>();
            schedulers.forEach(scheduler ->
                    typedSchedulers.add(scheduler instanceof Map<?, ?> map ? ofScheduler(map) : scheduler));
            typed.put("_schedulers", typedSchedulers);
        }
        return typed;
    }

    /** The value with each {@code Counter} replaced by a plain map, at any depth. */
    static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof TorchValue.PythonObject object
                && object.type().equals(COUNTER)
                && object.arguments().size() == 1) {
            return PlainValues.fromTorch(object.arguments().get(0));
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>();
            list.forEach(element -> plain.add(plain(element)));
            return plain;
        } else if (value instanceof Map<?, ?> map) {
            Map<@Nullable Object, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((key, element) -> plain.put(key, plain(element)));
            return plain;
        }
        return value;
    }
}
