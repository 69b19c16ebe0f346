package dev.rivulet.internal.retention;

import java.util.Map;

/**
 * The retention state of one stream after a run, in Lightning's terms: missing paths are empty, a missing k-th score is
 * the worst infinity.
 */
record Outcome(
        String best,
        double bestScore,
        String kth,
        double kthValue,
        double currentScore,
        String last,
        Map<String, Double> kept) {}
