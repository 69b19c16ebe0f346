package dev.rivulet.internal.loop;

import dev.rivulet.policy.MetricValues;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Metrics that modules and callbacks log. In training, a metric is the newest value; in validation, the mean over the
 * validation's batches, weighted by their sizes. Values are float32, as in Lightning. Confined to the training thread.
 */
public final class Metrics implements MetricValues {
    private final Map<String, Metric> metrics = new LinkedHashMap<>();
    private final Map<String, Mean> epochMeans = new LinkedHashMap<>();
    private final Map<String, Mean> validationMeans = new LinkedHashMap<>();

    /** No metrics. */
    public Metrics() {}

    /** Sets a metric to a value. */
    public void set(String name, double value) {
        Metric metric = metrics.get(name);
        if (metric == null) {
            metric = new Metric();
            metrics.put(name, metric);
        }
        metric.value = (float) value;
    }

    /**
     * Adds a value to the mean of the current epoch or validation; the mean becomes the metric at its end.
     *
     * @param validating whether the value belongs to a validation, which may run within an epoch
     * @param weight the batch size
     */
    public void accumulate(boolean validating, String name, double value, long weight) {
        Map<String, Mean> means = validating ? validationMeans : epochMeans;
        Mean mean = means.computeIfAbsent(name, unused -> new Mean());
        mean.sum += (double) (float) value * weight;
        mean.weight += weight;
    }

    /**
     * Turns the means of the ending epoch or validation into metrics. The means of an epoch are kept until the next one
     * starts, because a run that resumes in the middle of this epoch adds to them.
     */
    void reduce(boolean validating) {
        Map<String, Mean> means = validating ? validationMeans : epochMeans;
        means.forEach((name, mean) -> set(name, mean.sum / mean.weight));
        if (validating) {
            means.clear();
        }
    }

    /** Resets the means at the start of an epoch. */
    void beginEpoch() {
        epochMeans.clear();
    }

    /**
     * The state of all metrics and of the means of the current epoch.
     *
     * @param values all metrics by name
     * @param epochMeans sums and weights of the means of the current epoch, by name
     */
    public record State(Map<String, Double> values, Map<String, MeanState> epochMeans) {
        /** Copies the maps. */
        public State {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
            epochMeans = Collections.unmodifiableMap(new LinkedHashMap<>(epochMeans));
        }
    }

    /**
     * An incomplete mean.
     *
     * @param sum of the values times their weights
     * @param weight of all values
     */
    public record MeanState(double sum, long weight) {}

    /** The state between validations. */
    public State state() {
        Map<String, MeanState> means = new LinkedHashMap<>();
        epochMeans.forEach((name, mean) -> means.put(name, new MeanState(mean.sum, mean.weight)));
        return new State(toMap(), means);
    }

    /** Restores a state. */
    public void restore(State state) {
        clear();
        state.values().forEach(this::set);
        state.epochMeans().forEach((name, saved) -> {
            Mean mean = new Mean();
            mean.sum = saved.sum();
            mean.weight = saved.weight();
            epochMeans.put(name, mean);
        });
    }

    /** Removes everything. */
    public void clear() {
        metrics.clear();
        epochMeans.clear();
        validationMeans.clear();
    }

    /** The names of all metrics, in the order in which they were first logged. */
    public Set<String> names() {
        return Collections.unmodifiableSet(metrics.keySet());
    }

    @Override
    public boolean has(String name) {
        return metrics.containsKey(name);
    }

    @Override
    public double get(String name) {
        Metric metric = metrics.get(name);
        if (metric == null) {
            throw new NoSuchElementException("No metric named \"" + name + "\" was logged, only " + metrics.keySet());
        }
        return metric.value;
    }

    /** All metrics, in the order in which they were first logged; a copy. */
    public Map<String, Double> toMap() {
        Map<String, Double> values = new LinkedHashMap<>();
        metrics.forEach((name, metric) -> values.put(name, (double) metric.value));
        return Collections.unmodifiableMap(values);
    }

    private static final class Metric {
        private float value;
    }

    private static final class Mean {
        private double sum;
        private long weight;
    }
}
