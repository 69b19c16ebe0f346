package dev.rivulet.optim;

import dev.rivulet.internal.format.DictReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler that computes the next learning rate from the current one, so that several can be combined on one
 * optimizer or run in sequence by {@link SequentialLR}.
 *
 * @since 0.1
 */
public abstract class ChainableScheduler extends LrScheduler {
    /** Hyper-parameters under PyTorch's names; loading a state replaces them. */
    private final Map<String, @Nullable Object> settings;

    private List<Double> baseLrs = List.of();
    private long lastEpoch = -1;
    private long stepCount;
    private boolean initial;

    ChainableScheduler(Map<String, ?> settings) {
        this.settings = new LinkedHashMap<>(settings);
    }

    @Override
    public final void step() {
        stepCount++;
        lastEpoch++;
        set(next());
    }

    @Override
    public Map<String, @Nullable Object> stateDict() {
        Map<String, @Nullable Object> state = new LinkedHashMap<>(settings);
        state.put("base_lrs", baseLrs);
        state.put("last_epoch", lastEpoch);
        state.put("_step_count", stepCount);
        state.put("_is_initial", false);
        state.put("_get_lr_called_within_step", false);
        state.put("_last_lr", lastLr());
        return state;
    }

    @Override
    public final void loadStateDict(Map<String, ?> state) {
        DictReader saved = saved(state);
        List<Double> savedBaseLrs = saved.numbers("base_lrs");
        long savedEpoch = saved.integer("last_epoch");
        long savedCount = saved.integer("_step_count");
        List<Double> savedLastLr = saved.numbers("_last_lr");
        Map<String, @Nullable Object> savedSettings = new LinkedHashMap<>();
        settings.forEach((key, value) -> {
            if (saved.has(key)) {
                savedSettings.put(key, SavedState.checked(saved, key, value));
            }
        });
        settings.putAll(savedSettings);
        baseLrs = List.copyOf(savedBaseLrs);
        lastEpoch = savedEpoch;
        stepCount = savedCount;
        setLastLr(savedLastLr);
    }

    @Override
    List<String> listsByGroup() {
        return List.of("base_lrs", "_last_lr");
    }

    @Override
    void start() {
        List<Double> bases = new ArrayList<>();
        for (ParamGroup group : groups()) {
            if (!group.has("initial_lr")) {
                group.set("initial_lr", group.learningRate());
            }
            bases.add(group.get("initial_lr"));
        }
        baseLrs = List.copyOf(bases);
        takeInitialStep();
    }

    /** The learning rate of a group at {@link #lastEpoch}, computed from that of the previous epoch. */
    abstract double next(ParamGroup group, double baseLr);

    /** The learning rate at epoch 0, computed from the base alone, for a schedule that starts after another. */
    abstract double first(ParamGroup group, double baseLr);

    final void takeInitialStep() {
        stepCount = 0;
        initial = true;
        step();
        initial = false;
    }

    /** Reverts the epoch count of the initial step. */
    final void undo() {
        lastEpoch--;
    }

    /** Starts at epoch 0 after a previous schedule. */
    final void restart() {
        lastEpoch = 0;
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < baseLrs.size(); i++) {
            rates.add(first(groups().get(i), baseLrs.get(i)));
        }
        set(rates);
    }

    final long lastEpoch() {
        return lastEpoch;
    }

    final long stepCount() {
        return stepCount;
    }

    /** Whether the initial step is running, which is part of attaching the scheduler. */
    final boolean isInitial() {
        return initial;
    }

    final void set(String setting, Object value) {
        settings.put(setting, value);
    }

    final double number(String setting) {
        return settings().number(setting);
    }

    final long integer(String setting) {
        return settings().integer(setting);
    }

    final DictReader settings() {
        return SavedState.of(getClass().getSimpleName(), settings);
    }

    private List<Double> next() {
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < baseLrs.size(); i++) {
            rates.add(next(groups().get(i), baseLrs.get(i)));
        }
        return rates;
    }

    private void set(List<Double> rates) {
        for (int i = 0; i < rates.size(); i++) {
            groups().get(i).setLearningRate(rates.get(i));
        }
        setLastLr(learningRates());
    }

    /** Settings in PyTorch's order, given as name, value, name, value, …. */
    static Map<String, Object> named(Object... namesAndValues) {
        Map<String, Object> settings = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return settings;
    }

    static long positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; give at least 1.");
        }
        return value;
    }

    static double between(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    name + " is " + value + "; give a number from " + least + " to " + most + ".");
        }
        return value;
    }
}
