package dev.rivulet.internal.retention;

import dev.rivulet.policy.FilenameTemplate;
import dev.rivulet.policy.MetricValues;

/**
 * The logged metrics and, unless the user logged metrics of these names, the trainer's {@code epoch} and {@code step}.
 */
final class MonitorCandidates implements MetricValues {
    private final TrainerView view;

    MonitorCandidates(TrainerView view) {
        this.view = view;
    }

    @Override
    public boolean has(String name) {
        return isProgress(name) || view.metrics().has(name);
    }

    @Override
    public double get(String name) {
        if (!isProgress(name)) {
            return view.metrics().get(name);
        }
        if (view.metrics().has(name)) {
            return (long) view.metrics().get(name);
        }
        return name.equals(FilenameTemplate.EPOCH) ? view.epoch() : view.globalStep();
    }

    private static boolean isProgress(String name) {
        return name.equals(FilenameTemplate.EPOCH) || name.equals(FilenameTemplate.STEP);
    }
}
