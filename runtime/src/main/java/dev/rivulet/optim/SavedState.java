package dev.rivulet.optim;

import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.optim.TorchOptimizers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads saved states of optimizers and schedulers; throws {@link MismatchedStateException} for wrong entries. */
final class SavedState {
    private SavedState() {}

    /**
     * Reads a state.
     *
     * @param owner description of the state, for messages
     */
    static DictReader of(String owner, Map<?, ?> state) {
        return new DictReader(owner, state, SavedState::wrong);
    }

    /** Reads the state of an optimizer, called by the name of the class that saved it. */
    static DictReader ofOptimizer(Map<String, ?> state) {
        return of(
                "The saved state"
                        + TorchOptimizers.nameOf(state)
                                .map(name -> " of " + name)
                                .orElse(""),
                state);
    }

    private static RuntimeException wrong(DictReader state, @Nullable Object key, String expected) {
        return new MismatchedStateException(
                state.name() + " has \"" + key + "\" = " + state.shown(key) + " instead of " + expected + ".");
    }

    /**
     * A saved hyper-parameter, checked to have the type of the current one. PyTorch may store a number as a tensor.
     *
     * @param current the value to be replaced
     */
    static @Nullable Object checked(DictReader state, String key, @Nullable Object current) {
        Object value = state.values().get(key);
        if (current instanceof Number) {
            return value instanceof Number ? value : (Double) state.number(key);
        } else if (current instanceof Boolean) {
            return state.bool(key);
        } else if (current instanceof String) {
            return state.string(key);
        } else if (current instanceof Map<?, ?>) {
            return state.dict(key).values();
        } else if (current instanceof List<?> list && list.stream().allMatch(Number.class::isInstance)) {
            if (state.numbers(key).size() != list.size()) {
                throw state.wrong(key, "a list of " + list.size() + " numbers");
            }
        } else if (current instanceof List<?> && state.dicts(key).isEmpty()) {
            throw state.wrong(key, "a list of at least one dictionary");
        }
        return value;
    }
}
