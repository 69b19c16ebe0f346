package dev.rivulet.stream;

import dev.rivulet.policy.SaveTrigger;
import dev.rivulet.policy.SaveTrigger.Epochs;
import dev.rivulet.policy.SaveTrigger.Interval;
import dev.rivulet.policy.SaveTrigger.Steps;
import java.util.List;

/** Whether a save is due. Each trigger counts on its own; asking allocates nothing. */
final class Triggers {
    private static final long OFF = -1;

    private long everyNTrainSteps = OFF;
    private int everyNEpochs = (int) OFF;
    private long interval = OFF;
    private boolean started;
    private long lastTimeChecked;

    Triggers(SaveTrigger trigger) {
        for (SaveTrigger each : trigger instanceof SaveTrigger.Any any ? any.triggers() : List.of(trigger)) {
            if (each instanceof Steps steps) {
                everyNTrainSteps = steps.n();
            } else if (each instanceof Epochs epochs) {
                everyNEpochs = epochs.n();
            } else if (each instanceof Interval time) {
                interval = time.interval().toNanos();
            }
        }
    }

    /** Starts the clock of a time trigger, which makes nothing due before. */
    void start(long nanoTime) {
        started = true;
        lastTimeChecked = nanoTime;
    }

    boolean dueAfterBatch(Moment moment) {
        boolean stepsAreDue = everyNTrainSteps != OFF && moment.globalStep() % everyNTrainSteps == 0;
        // Asked in any case: an interval ends at the moment at which it is due, whatever else is due then.
        return timeIsDue(moment) || stepsAreDue;
    }

    private boolean timeIsDue(Moment moment) {
        if (interval == OFF || !started) {
            return false;
        }
        long now = moment.nanoTime();
        boolean due = now - lastTimeChecked >= interval;
        lastTimeChecked = due ? now : lastTimeChecked;
        return due;
    }

    boolean dueAfterEpoch(Moment moment) {
        return everyNEpochs != OFF && (moment.epoch() + 1) % everyNEpochs == 0;
    }
}
