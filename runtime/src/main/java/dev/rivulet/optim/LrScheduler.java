package dev.rivulet.optim;

import dev.rivulet.internal.format.DictReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes the learning rates of an optimizer's groups during training, with PyTorch's values and state.
 *
 * <p>A scheduler belongs to the optimizer that it is given to with {@link TorchOptimizer#schedule}, which sets the
 * first learning rates. Rivulet's trainer steps it; in a loop of your own, do it yourself. For the thread that trains.
 */
public abstract class LrScheduler {
    private List<ParamGroup> groups = List.of();
    private List<Double> lastLr = List.of();

    LrScheduler() {}

    /** Goes on by one epoch or step. */
    public abstract void step();

    /** The learning rates of the groups as this scheduler left them. */
    public final List<Double> lastLr() {
        return lastLr;
    }

    /**
     * The state under PyTorch's names, hyper-parameters included: new {@link Map}, {@link List}, {@link Long},
     * {@link Double}, {@link Boolean}, {@link String} and null.
     */
    public abstract Map<String, @Nullable Object> stateDict();

    /**
     * Replaces state and hyper-parameters by those that {@link #stateDict} or PyTorch gave. The learning rates
     * themselves belong to the optimizer's state.
     *
     * @throws MismatchedStateException if they are those of another kind of scheduler; nothing is changed then
     */
    public abstract void loadStateDict(Map<String, ?> state);

    /** Starts the schedule. */
    abstract void start();

    final void attach(List<ParamGroup> owned) {
        if (!groups.isEmpty()) {
            throw new IllegalStateException(
                    getClass().getSimpleName() + " already belongs to an optimizer; make another one.");
        }
        groups = owned;
        start();
    }

    final List<ParamGroup> groups() {
        if (groups.isEmpty()) {
            throw new IllegalStateException(
                    getClass().getSimpleName() + " belongs to no optimizer yet; give it to one with schedule.");
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

    /** Saved values, if they are those of a scheduler of this kind. */
    final DictReader saved(Map<String, ?> state) {
        DictReader saved = SavedState.of("The saved state of " + getClass().getSimpleName(), state);
        for (String key : stateDict().keySet()) {
            if (!state.containsKey(key)) {
                throw new MismatchedStateException(saved.name() + " has no \"" + key + "\" but " + state.keySet()
                        + "; it is that of another scheduler.");
            }
        }
        for (String key : listsByGroup()) {
            int length = saved.list(key).size();
            if (length != lastLr.size()) {
                throw new MismatchedStateException(saved.name() + " has " + length + " numbers as \"" + key
                        + "\", but the optimizer has " + lastLr.size()
                        + " parameter groups; declare the same groups.");
            }
        }
        return saved;
    }

    /** Keys of the state's lists that have a number for each parameter group. */
    List<String> listsByGroup() {
        return List.of("_last_lr");
    }
}
