package dev.rivulet.optim;

import dev.rivulet.internal.format.DictReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs schedulers in sequence, switching at milestones: {@code torch.optim.lr_scheduler.SequentialLR}.
 *
 * <pre>{@code
 * new SequentialLR(List.of(new LinearLR(0.01, 5), new CosineAnnealingLR(95)), List.of(5))
 * }</pre>
 *
 * @since 0.1
 */
public final class SequentialLR extends LrScheduler {
    private final List<ChainableScheduler> schedulers;
    private List<Long> milestones;
    private long lastEpoch;

    /**
     * Runs the schedulers in the order of the list.
     *
     * @param milestones the epochs at which each scheduler after the first starts, ascending
     */
    public SequentialLR(List<? extends ChainableScheduler> schedulers, List<Integer> milestones) {
        if (schedulers.isEmpty() || milestones.size() != schedulers.size() - 1) {
            throw new IllegalArgumentException("SequentialLR needs one more scheduler than milestones, but got "
                    + schedulers.size() + " and " + milestones.size() + ".");
        }
        if (!milestones.stream().sorted().toList().equals(milestones)) {
            throw new IllegalArgumentException(
                    "The milestones of SequentialLR are " + milestones + "; give them in ascending order.");
        }
        this.schedulers = List.copyOf(schedulers);
        this.milestones = milestones.stream().map(Integer::longValue).toList();
    }

    @Override
    public void step() {
        lastEpoch++;
        int index = index(lastEpoch);
        ChainableScheduler scheduler = schedulers.get(index);
        if (index > 0 && milestones.get(index - 1) == lastEpoch) {
            scheduler.restart();
        } else {
            scheduler.step();
        }
        setLastLr(scheduler.lastLr());
    }

    @Override
    public Map<String, @Nullable Object> stateDict() {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("_milestones", milestones);
        state.put("last_epoch", lastEpoch);
        state.put("_last_lr", lastLr());
        List<Map<String, @Nullable Object>> states = new ArrayList<>();
        schedulers.forEach(scheduler -> states.add(scheduler.stateDict()));
        state.put("_schedulers", states);
        return state;
    }

    @Override
    public void loadStateDict(Map<String, ?> state) {
        DictReader saved = saved(state);
        List<DictReader> states = saved.dicts("_schedulers");
        if (states.size() != schedulers.size()) {
            throw new MismatchedStateException(saved.name() + " has " + states.size() + " schedulers, but this one has "
                    + schedulers.size() + ".");
        }
        List<Long> savedMilestones =
                saved.numbers("_milestones").stream().map(Double::longValue).toList();
        if (savedMilestones.size() != schedulers.size() - 1) {
            throw saved.wrong("_milestones", "a list of " + (schedulers.size() - 1) + " numbers");
        }
        long savedEpoch = saved.integer("last_epoch");
        List<Double> savedLastLr = saved.numbers("_last_lr");
        for (int i = 0; i < states.size(); i++) {
            schedulers.get(i).saved(states.get(i).named());
        }
        for (int i = 0; i < states.size(); i++) {
            schedulers.get(i).loadStateDict(states.get(i).named());
        }
        milestones = savedMilestones;
        lastEpoch = savedEpoch;
        setLastLr(savedLastLr);
    }

    @Override
    String kind() {
        return super.kind() + schedulers.stream().map(LrScheduler::kind).toList();
    }

    @Override
    void start() {
        schedulers.forEach(scheduler -> scheduler.attach(groups()));
        groups().forEach(group -> group.setLearningRate(group.get("initial_lr")));
        schedulers.forEach(ChainableScheduler::undo);
        ChainableScheduler first = schedulers.get(index(0));
        first.takeInitialStep();
        setLastLr(first.lastLr());
    }

    /** The number of milestones reached. */
    private int index(long epoch) {
        int index = 0;
        while (index < milestones.size() && milestones.get(index) <= epoch) {
            index++;
        }
        return index;
    }
}
