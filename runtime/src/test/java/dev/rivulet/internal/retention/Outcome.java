package dev.rivulet.internal.retention;

import java.util.Map;

/** The books of one stream after a run, in Lightning's terms: empty paths and the worst infinity where there is nothing. */
record Outcome(
        String best,
        double bestScore,
        String kth,
        double kthValue,
        double currentScore,
        String last,
        Map<String, Double> kept) {}
