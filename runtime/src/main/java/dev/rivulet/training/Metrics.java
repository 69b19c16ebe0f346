package dev.rivulet.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What modules and callbacks log. Within training a metric is its newest value; within validation it is the mean over
 * the validation's batches, weighted by their sizes. Values are float32, as in Lightning. Confined to the training
 * thread.
 */
public final class Metrics {
    private final Map<String, Metric> metrics = new LinkedHashMap<>();

    /** Without a metric. */
    public Metrics() {}

    /** Sets a metric to a value. */
    public void set(String name, double value) {
        Metric metric = metric(name);
        metric.value = (float) value;
        metric.present = true;
    }

    /**
     * Adds a value to a mean that {@link #reduce} turns into the metric.
     *
     * @param weight the batch size
     */
    public void accumulate(String name, double value, long weight) {
        Metric metric = metric(name);
        metric.sum += (double) (float) value * weight;
        metric.weight += weight;
    }

    /** Turns the means accumulated so far into metrics and starts new ones. */
    public void reduce() {
        for (Metric metric : metrics.values()) {
            if (metric.weight > 0) {
                metric.value = (float) (metric.sum / metric.weight);
                metric.present = true;
            }
            metric.restart();
        }
    }

    /** Forgets everything. */
    public void clear() {
        metrics.clear();
    }

    /** Whether a metric has a value. */
    public boolean has(String name) {
        Metric metric = metrics.get(name);
        return metric != null && metric.present;
    }

    /** A metric's value, if it has one. Does not distinguish NaN. */
    public OptionalDouble get(String name) {
        Metric metric = metrics.get(name);
        return metric != null && metric.present ? OptionalDouble.of(metric.value) : OptionalDouble.empty();
    }

    /** All metrics that have a value, in the order in which they were first logged; a copy. */
    public Map<String, Double> toMap() {
        Map<String, Double> values = new LinkedHashMap<>();
        metrics.forEach((name, metric) -> {
            if (metric.present) {
                values.put(name, (double) metric.value);
            }
        });
        return Collections.unmodifiableMap(values);
    }

    private Metric metric(String name) {
        Metric metric = metrics.get(name);
        if (metric == null) {
            metric = new Metric();
            metrics.put(name, metric);
        }
        return metric;
    }

    private static final class Metric {
        private float value;
        private boolean present;
        private double sum;
        private long weight;

        private void restart() {
            sum = 0;
            weight = 0;
        }
    }
}
