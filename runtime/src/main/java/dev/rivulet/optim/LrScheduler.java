package dev.rivulet.optim;

import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.optim.TorchSchedulers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes the learning rates of an optimizer's groups during training, with PyTorch's values and state.
 *
 * <p>{@link TorchOptimizer#schedule} attaches a scheduler to one optimizer and sets the initial learning rates.
 * Rivulet's trainer steps it; call {@link #step} in your own loop. Not thread-safe; use it on the training thread.
 *
 * @since 0.1
 */
public abstract class LrScheduler {
    private List<ParamGroup> groups = List.of();
    private List<Double> lastLr = List.of();

    LrScheduler() {}

    /** Advances by one epoch or step. */
    public abstract void step();

    /** The learning rates of the groups as this scheduler last set them. */
    public final List<Double> lastLr() {
        return lastLr;
    }

    /**
     * The state under PyTorch's names, including hyper-parameters, built from new {@link Map}, {@link List}, {@link
     * Long}, {@link Double}, {@link Boolean}, {@link String} and null values.
     */
    public abstract Map<String, @Nullable Object> stateDict();

    /**
     * Replaces state and hyper-parameters with a result of {@link #stateDict} or of PyTorch. The learning rates
     * themselves belong to the optimizer's state.
     *
     * @throws MismatchedStateException if the state belongs to another kind of scheduler; nothing is changed in that
     *     case
     */
    public abstract void loadStateDict(Map<String, ?> state);

    /** Starts the schedule. */
    abstract void start();

    final void attach(List<ParamGroup> owned) {
        if (!groups.isEmpty()) {
            throw new IllegalStateException(
                    getClass().getSimpleName() + " already belongs to an optimizer; create another one.");
        }
        groups = owned;
        start();
    }

    final List<ParamGroup> groups() {
        if (groups.isEmpty()) {
            throw new IllegalStateException(getClass().getSimpleName()
                    + " does not belong to an optimizer yet; pass it to TorchOptimizer.schedule.");
        }
        return groups;
    }

    final List<Double> learningRates() {
        List<Double> rates = new ArrayList<>();
        groups().forEach(group -> rates.add(group.learningRate()));
        return Collections.unmodifiableList(rates);
    }

    final void setLastLr(List<Double> rates) {
        lastLr = List.copyOf(rates);
    }

    /** Saved values, checked to belong to this kind of scheduler. */
    final DictReader saved(Map<String, ?> state) {
        DictReader saved = SavedState.of("The saved state of " + getClass().getSimpleName(), state);
        Set<String> then = TorchSchedulers.ownKeys(state.keySet());
        Set<String> now = TorchSchedulers.ownKeys(stateDict().keySet());
        if (!then.equals(now)) {
            throw new MismatchedStateException("A saved state has the keys " + then + " and is not that of "
                    + getClass().getSimpleName() + ", which has " + now + ", but of "
                    + TorchSchedulers.describe(state.keySet()));
        }
        for (String key : listsByGroup()) {
            int length = saved.list(key).size();
            if (length != lastLr.size()) {
                throw new MismatchedStateException(saved.name() + " has " + length + " numbers as \"" + key
                        + "\", but the optimizer has " + lastLr.size()
                        + " parameter groups; declare the same groups.");
            }
        }
        check(saved);
        return saved;
    }

    /** Refuses the state of another scheduler with the same keys. */
    void check(DictReader saved) {}

    /** After how many steps another one fails; empty if never. */
    OptionalLong length() {
        return OptionalLong.empty();
    }

    /** The kind of scheduler, including those that it consists of. */
    String kind() {
        return getClass().getSimpleName();
    }

    /** Keys of the lists in the state that hold one number per parameter group. */
    List<String> listsByGroup() {
        return List.of("_last_lr");
    }
}
