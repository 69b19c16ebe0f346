package dev.rivulet.internal.retention;

import dev.rivulet.policy.FilenameTemplate;
import dev.rivulet.policy.MetricValues;

/** The logged metrics and, unless the user logged metrics of these names, the trainer's {@code epoch} and {@code step}. */
final class MonitorCandidates implements MetricValues {
    private final TrainerView moment;

    MonitorCandidates(TrainerView moment) {
        this.moment = moment;
    }

    @Override
    public boolean has(String name) {
        return isProgress(name) || moment.metrics().has(name);
    }

    @Override
    public double get(String name) {
        if (!isProgress(name)) {
            return moment.metrics().get(name);
        }
        if (moment.metrics().has(name)) {
            return (long) moment.metrics().get(name);
        }
        return name.equals(FilenameTemplate.EPOCH) ? moment.epoch() : moment.globalStep();
    }

    private static boolean isProgress(String name) {
        return name.equals(FilenameTemplate.EPOCH) || name.equals(FilenameTemplate.STEP);
    }
}
