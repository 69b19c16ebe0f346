package dev.rivulet.benchmarks;

import java.util.Arrays;

/**
 * Two programs that take turns, each of which says how many nanoseconds of the clock what matters of it took.
 *
 * @param reference durations of the first
 * @param measured durations of the second, in the same order
 */
@SuppressWarnings("ArrayRecordComponent") // Made and read within this package alone.
record AlternatingRuns(double[] reference, double[] measured) {

    /** Something that times itself. */
    @FunctionalInterface
    interface Timed {
        double run() throws Exception;
    }

    /**
     * Runs both programs that many times, changing which comes first.
     *
     * @param warmUps pairs that are not counted
     * @param pairs pairs that are
     */
    static AlternatingRuns of(Timed reference, Timed measured, int warmUps, int pairs) throws Exception {
        AlternatingRuns turns = new AlternatingRuns(new double[pairs], new double[pairs]);
        for (int i = -warmUps; i < pairs; i++) {
            boolean referenceFirst = i % 2 == 0;
            double early = (referenceFirst ? reference : measured).run();
            double late = (referenceFirst ? measured : reference).run();
            if (i >= 0) {
                turns.reference[i] = referenceFirst ? early : late;
                turns.measured[i] = referenceFirst ? late : early;
            }
        }
        return turns;
    }

    /** Median of the first program, in milliseconds. */
    double referenceMillis() {
        return PairedRuns.median(reference) / 1e6;
    }

    /** Median of the second program, in milliseconds. */
    double measuredMillis() {
        return PairedRuns.median(measured) / 1e6;
    }

    /** Median of how much longer the second took than its neighbour, in milliseconds. */
    double differenceMillis() {
        double[] differences = new double[measured.length];
        Arrays.setAll(differences, i -> measured[i] - reference[i]);
        return PairedRuns.median(differences) / 1e6;
    }

    /** Median of how many times as long the second took as its neighbour. */
    double ratio() {
        double[] ratios = new double[measured.length];
        Arrays.setAll(ratios, i -> measured[i] / reference[i]);
        return PairedRuns.median(ratios);
    }
}
