package dev.rivulet.policy;

import java.util.Map;

/**
 * Values by metric name. A view of one moment, read without boxing.
 *
 * <p>Values are what the user logged, widened to double; a 32-bit float keeps its exact value that way.
 *
 * @since 0.1
 */
public interface MetricValues {

    /** Whether a metric of this name has a value now. */
    boolean has(String name);

    /** The metric's value; unspecified if it has none. */
    double get(String name);

    /** A view of a map. */
    static MetricValues of(Map<String, ? extends Number> values) {
        return new MetricValues() {
            @Override
            public boolean has(String name) {
                return values.containsKey(name);
            }

            @Override
            public double get(String name) {
                Number value = values.get(name);
                return value == null ? Double.NaN : value.doubleValue();
            }
        };
    }
}
