package dev.rivulet.internal.retention;

import java.util.List;
import java.util.Map;

/**
 * The visible result of a fit.
 *
 * @param failed whether it ended with an error; then no retention state is available
 * @param retained the retention state of each stream
 * @param files the files by name: {@link #file} or {@link #link}
 */
public record RunEnd(boolean failed, Map<String, Retained> retained, List<String> files) {

    /**
     * The retention state of a stream; missing values are empty strings and NaN.
     *
     * @param kept scores by path, if a metric is monitored
     */
    public record Retained(String best, double bestScore, String last, Map<String, Double> kept) {}

    /** Describes a file by its content. */
    public static String file(String path, String content) {
        return path + " (" + content + ")";
    }

    /** The described content of a file. */
    public static String content(int epoch, long globalStep) {
        return "epoch " + epoch + ", step " + globalStep;
    }

    /** Describes a link by the path of its target relative to the run's root. */
    public static String link(String path, String target) {
        return path + " -> " + target;
    }
}
