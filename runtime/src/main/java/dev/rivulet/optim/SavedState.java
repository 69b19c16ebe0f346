package dev.rivulet.optim;

import dev.rivulet.internal.format.DictReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Saved states of optimizers and schedulers, refused by a {@link MismatchedStateException} where they are wrong. */
final class SavedState {
    private SavedState() {}

    /**
     * Reads a state.
     *
     * @param owner what the state is, for messages
     */
    static DictReader of(String owner, Map<?, ?> state) {
        return new DictReader(owner, state, SavedState::wrong);
    }

    private static RuntimeException wrong(DictReader state, @Nullable Object key, String expected) {
        return new MismatchedStateException(
                state.name() + " has \"" + key + "\" = " + state.shown(key) + " where " + expected + " belongs.");
    }

    /**
     * A hyper-parameter, if it is of the type of the one that it replaces; PyTorch may have a number in a tensor.
     *
     * @param current the one that it replaces
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
