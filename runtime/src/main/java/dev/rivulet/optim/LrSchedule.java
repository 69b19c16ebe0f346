package dev.rivulet.optim;

import java.util.Optional;

/**
 * A scheduler and when the training loop steps it; Lightning's {@code lr_scheduler_config}.
 *
 * <pre>{@code
 * optimizer.schedule(LrSchedule.of(new ReduceLROnPlateau()).monitor("val_loss"));
 * }</pre>
 *
 * @param interval whether after epochs or after optimizer steps
 * @param frequency after how many of them; steps are counted by batch within the epoch, as Lightning does
 * @param monitor the metric that {@link ReduceLROnPlateau} looks at; empty for others
 */
public record LrSchedule(LrScheduler scheduler, LrInterval interval, int frequency, Optional<String> monitor) {
    /** Checks the frequency. */
    public LrSchedule {
        if (frequency < 1) {
            throw new IllegalArgumentException(
                    "A scheduler is stepped every 1 or more epochs or steps, but got " + frequency + ".");
        }
    }

    /** After each epoch. */
    public static LrSchedule of(LrScheduler scheduler) {
        return new LrSchedule(scheduler, LrInterval.EPOCH, 1, Optional.empty());
    }

    /** The same scheduler, stepped after every so many epochs or steps. */
    public LrSchedule every(int newFrequency, LrInterval newInterval) {
        return new LrSchedule(scheduler, newInterval, newFrequency, monitor);
    }

    /** The same scheduler, given a metric. */
    public LrSchedule monitor(String metric) {
        return new LrSchedule(scheduler, interval, frequency, Optional.of(metric));
    }

    boolean isDue(LrInterval elapsed, long index) {
        return interval == elapsed && (index + 1) % frequency == 0;
    }
}
