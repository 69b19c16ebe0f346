package dev.rivulet.optim;

import dev.rivulet.internal.optim.TorchSchedulers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The schedules of one optimizer, in the order of declaration. The training loop makes the same calls as Lightning's:
 *
 * <pre>{@code
 * schedules.step(LrInterval.STEP, batchIndex);                      // after an optimizer step
 * schedules.step(LrInterval.EPOCH, epoch);                          // after the last batch, before its hooks
 * schedules.stepOnPlateau(LrInterval.STEP, batchIndex, metrics);    // after the batch's hooks and validation
 * schedules.stepOnPlateau(LrInterval.EPOCH, epoch, metrics);        // after the epoch's hooks
 * }</pre>
 *
 * @since 0.1
 */
public final class LrSchedules {
    private final List<LrSchedule> schedules = new ArrayList<>();

    LrSchedules() {}

    void add(LrSchedule schedule, List<ParamGroup> groups) {
        if (schedule.scheduler() instanceof ReduceLROnPlateau
                && schedule.monitor().isEmpty()) {
            throw new IllegalArgumentException("ReduceLROnPlateau needs a metric to monitor; schedule it with"
                    + " LrSchedule.of(scheduler).monitor(\"val_loss\").");
        }
        schedule.scheduler().attach(groups);
        schedules.add(schedule);
    }

    /** The schedules in order, live and unmodifiable. */
    public List<LrSchedule> all() {
        return Collections.unmodifiableList(schedules);
    }

    /**
     * Steps the schedulers that are due and need no metric.
     *
     * @param interval the interval that has ended
     * @param index of the batch in its epoch, or of the epoch; from 0
     * @return how many were stepped
     */
    public int step(LrInterval interval, long index) {
        int stepped = 0;
        for (LrSchedule schedule : schedules) {
            if (!(schedule.scheduler() instanceof ReduceLROnPlateau) && schedule.isDue(interval, index)) {
                schedule.scheduler().step();
                stepped++;
            }
        }
        return stepped;
    }

    /**
     * Whether all metrics are present that {@link #stepOnPlateau} needs when called with the same arguments.
     *
     * @param interval the interval that has ended
     * @param index of the batch in its epoch, or of the epoch; from 0
     * @param metrics the value of a metric by name
     */
    public boolean hasMetrics(LrInterval interval, long index, Function<String, OptionalDouble> metrics) {
        return schedules.stream()
                .filter(schedule -> schedule.scheduler() instanceof ReduceLROnPlateau)
                .filter(schedule -> schedule.isDue(interval, index))
                .flatMap(schedule -> schedule.monitor().stream())
                .allMatch(monitor -> metrics.apply(monitor).isPresent());
    }

    /**
     * Steps the schedulers that are due and monitor a metric.
     *
     * @param interval the interval that has ended
     * @param index of the batch in its epoch, or of the epoch; from 0
     * @param metrics the value of a metric by name
     * @return how many were stepped
     * @throws IllegalStateException if a metric is missing
     */
    public int stepOnPlateau(LrInterval interval, long index, Function<String, OptionalDouble> metrics) {
        int stepped = 0;
        for (LrSchedule schedule : schedules) {
            if (schedule.scheduler() instanceof ReduceLROnPlateau plateau && schedule.isDue(interval, index)) {
                String monitor = schedule.monitor().orElseThrow();
                plateau.step(metrics.apply(monitor)
                        .orElseThrow(() -> new IllegalStateException("ReduceLROnPlateau monitors \"" + monitor
                                + "\", which was not logged; log it, or step the"
                                + " scheduler at the interval at which it is logged.")));
                stepped++;
            }
        }
        return stepped;
    }

    /**
     * The schedules that fail before a run ends.
     *
     * @param interval the interval that is counted
     * @param planned how many intervals the run has in total
     */
    public List<LrSchedule> endingBefore(LrInterval interval, long planned) {
        return schedules.stream()
                .filter(schedule -> schedule.interval() == interval)
                .filter(schedule ->
                        schedule.scheduler().length().orElse(Long.MAX_VALUE) < planned / schedule.frequency())
                .toList();
    }

    /** The states of all schedulers, as in Lightning's {@code lr_schedulers}. */
    public List<Map<String, @Nullable Object>> stateDicts() {
        List<Map<String, @Nullable Object>> states = new ArrayList<>();
        schedules.forEach(schedule -> states.add(schedule.scheduler().stateDict()));
        return states;
    }

    /**
     * Replaces the states of all schedulers. Learning rates themselves are in the optimizer's state.
     *
     * @throws MismatchedStateException if the states belong to other schedulers
     */
    public void loadStateDicts(List<? extends Map<String, ?>> states) {
        if (states.size() != schedules.size()) {
            throw new MismatchedStateException("The states of " + states.size() + " schedulers were saved, but the"
                    + " optimizer has " + schedules.size() + ". Those saved: "
                    + states.stream()
                            .map(state -> TorchSchedulers.describe(state.keySet()))
                            .collect(Collectors.joining(" ")));
        }
        for (int i = 0; i < states.size(); i++) {
            schedules.get(i).scheduler().loadStateDict(states.get(i));
        }
    }
}
