package dev.rivulet.internal.retention;

import java.util.List;
import java.util.Map;

/**
 * What can be seen when a fit is over.
 *
 * @param failed whether it ended by an error; then there are no books to look at
 * @param retained of each stream
 * @param files by name: {@link #file} or {@link #link}
 */
public record RunEnd(boolean failed, Map<String, Retained> retained, List<String> files) {

    /**
     * The books of a stream: empty texts and NaN where there is nothing.
     *
     * @param kept scores by path; only where a metric is monitored
     */
    public record Retained(String best, double bestScore, String last, Map<String, Double> kept) {}

    /** Describes a file by what it says of itself. */
    public static String file(String path, String content) {
        return path + " (" + content + ")";
    }

    /** What a file says of itself. */
    public static String content(int epoch, long globalStep) {
        return "epoch " + epoch + ", step " + globalStep;
    }

    /** Describes a link by its target's path from the run's root. */
    public static String link(String path, String target) {
        return path + " -> " + target;
    }
}
