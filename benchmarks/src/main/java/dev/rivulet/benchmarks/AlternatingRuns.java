package dev.rivulet.benchmarks;

import java.util.Arrays;

/**
 * Wall-clock durations of two programs run alternately; each program measures its own relevant part.
 *
 * @param reference durations of the first program, in nanoseconds
 * @param measured durations of the second, in the same order
 */
@SuppressWarnings("ArrayRecordComponent") // Created and read only within this package.
record AlternatingRuns(double[] reference, double[] measured) {

    /** A program that returns its own duration in nanoseconds. */
    @FunctionalInterface
    interface Timed {
        double run() throws Exception;
    }

    /**
     * Runs both programs alternately, changing the order after each pair.
     *
     * @param warmUps number of pairs that are not counted
     * @param pairs number of pairs that are counted
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

    /** Median difference between second and first program of a pair, in milliseconds. */
    double differenceMillis() {
        double[] differences = new double[measured.length];
        Arrays.setAll(differences, i -> measured[i] - reference[i]);
        return PairedRuns.median(differences) / 1e6;
    }

    /** Median ratio of the second program's duration to the first's. */
    double ratio() {
        double[] ratios = new double[measured.length];
        Arrays.setAll(ratios, i -> measured[i] / reference[i]);
        return PairedRuns.median(ratios);
    }
}
