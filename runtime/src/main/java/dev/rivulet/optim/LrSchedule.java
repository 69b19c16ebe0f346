package dev.rivulet.optim;

import java.util.Locale;
import java.util.Optional;

/**
 * A scheduler with the interval at which the training loop steps it; Lightning's {@code lr_scheduler_config}.
 * Immutable, apart from the scheduler's state.
 *
 * <pre>{@code
 * optimizer.schedule(LrSchedule.of(ReduceLROnPlateau.builder().build()).monitor("val_loss"));
 * }</pre>
 *
 * @param scheduler the scheduler
 * @param interval whether it is stepped after epochs or after optimizer steps
 * @param frequency after how many intervals; steps are counted by batch within the epoch, as in Lightning
 * @param monitor the metric that {@link ReduceLROnPlateau} uses; empty for other schedulers
 * @since 0.1
 */
public record LrSchedule(LrScheduler scheduler, LrInterval interval, int frequency, Optional<String> monitor) {
    /** Checks the frequency. */
    public LrSchedule {
        if (frequency < 1) {
            throw new IllegalArgumentException("The frequency of a scheduler is " + frequency + "; give at least 1.");
        }
    }

    /** Steps a scheduler after each epoch. */
    public static LrSchedule of(LrScheduler scheduler) {
        return new LrSchedule(scheduler, LrInterval.EPOCH, 1, Optional.empty());
    }

    /** The same scheduler, stepped every {@code newFrequency} epochs or steps. */
    public LrSchedule every(int newFrequency, LrInterval newInterval) {
        return new LrSchedule(scheduler, newInterval, newFrequency, monitor);
    }

    /** The same scheduler with a metric to monitor. */
    public LrSchedule monitor(String metric) {
        return new LrSchedule(scheduler, interval, frequency, Optional.of(metric));
    }

    /** The kind of scheduler and when it is stepped, such as {@code StepLR, every epoch}; the same in every process. */
    public String describe() {
        String unit = interval.name().toLowerCase(Locale.ROOT);
        return scheduler.kind() + ", every " + (frequency == 1 ? unit : frequency + " " + unit + "s")
                + monitor.map(metric -> ", with \"" + metric + "\"").orElse("");
    }

    boolean isDue(LrInterval elapsed, long index) {
        return interval == elapsed && (index + 1) % frequency == 0;
    }
}
