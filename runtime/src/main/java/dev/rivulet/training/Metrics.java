package dev.rivulet.training;

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

    /** Turns the means of the epoch, or of the validation, that ends into metrics. */
    void reduce(boolean validating) {
        Map<String, Mean> means = validating ? validationMeans : epochMeans;
        means.forEach((name, mean) -> set(name, mean.sum / mean.weight));
        means.clear();
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
