package dev.rivulet.internal.loop;

import dev.rivulet.policy.MetricValues;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * What modules and callbacks log. Within training a metric is its newest value; within validation it is the mean over
 * the validation's batches, weighted by their sizes. Values are float32, as in Lightning. Confined to the training
 * thread.
 */
public final class Metrics implements MetricValues {
    private final Map<String, Metric> metrics = new LinkedHashMap<>();
    private final Map<String, Mean> epochMeans = new LinkedHashMap<>();
    private final Map<String, Mean> validationMeans = new LinkedHashMap<>();

    /** Without a metric. */
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
     * Adds a value to the mean of the current epoch or validation, which becomes the metric at its end.
     *
     * @param validating whether it belongs to a validation, which may run within an epoch
     * @param weight the batch size
     */
    public void accumulate(boolean validating, String name, double value, long weight) {
        Map<String, Mean> means = validating ? validationMeans : epochMeans;
        Mean mean = means.computeIfAbsent(name, unused -> new Mean());
        mean.sum += (double) (float) value * weight;
        mean.weight += weight;
    }

    /**
     * Turns the means of the epoch, or of the validation, that ends into metrics. Those of the epoch are kept until the next
     * one begins: a run that goes on in the middle of this one adds to them.
     */
    void reduce(boolean validating) {
        Map<String, Mean> means = validating ? validationMeans : epochMeans;
        means.forEach((name, mean) -> set(name, mean.sum / mean.weight));
        if (validating) {
            means.clear();
        }
    }

    /** Begins the means of an epoch. */
    void beginEpoch() {
        epochMeans.clear();
    }

    /**
     * What metrics and the means of the epoch are at a moment.
     *
     * @param values all metrics by name
     * @param epochMeans sums and weights of the means of the epoch that runs, by name
     */
    public record State(Map<String, Double> values, Map<String, MeanState> epochMeans) {
        /** Holds copies of the maps. */
        public State {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
            epochMeans = Collections.unmodifiableMap(new LinkedHashMap<>(epochMeans));
        }
    }

    /**
     * A mean that is being taken.
     *
     * @param sum of the values times their weights
     * @param weight of all values
     */
    public record MeanState(double sum, long weight) {}

    /** All that is known, between validations. */
    public State state() {
        Map<String, MeanState> means = new LinkedHashMap<>();
        epochMeans.forEach((name, mean) -> means.put(name, new MeanState(mean.sum, mean.weight)));
        return new State(toMap(), means);
    }

    /** Goes on from a state. */
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

    /** Forgets everything. */
    public void clear() {
        metrics.clear();
        epochMeans.clear();
        validationMeans.clear();
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
