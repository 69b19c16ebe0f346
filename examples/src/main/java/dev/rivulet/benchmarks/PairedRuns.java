package dev.rivulet.benchmarks;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Two programs timed in turns, so that whatever else the machine does falls on both alike.
 *
 * @param baseline median duration of the first
 * @param measured median duration of the second
 * @param difference median of the differences between neighbours, which noise distorts less than the difference of the
 *     medians; all in nanoseconds
 */
record PairedRuns(double baseline, double measured, double difference) {

    /** Something to time. */
    @FunctionalInterface
    interface Program {
        void run() throws Exception;
    }

    /**
     * Runs both programs that many times, changing which comes first.
     *
     * @param clock in nanoseconds, from any origin
     * @param warmUps pairs that are not counted
     * @param pairs pairs that are
     */
    static PairedRuns of(LongSupplier clock, Program baseline, Program measured, int warmUps, int pairs)
            throws Exception {
        double[] baselines = new double[pairs];
        double[] durations = new double[pairs];
        double[] differences = new double[pairs];
        for (int i = -warmUps; i < pairs; i++) {
            boolean baselineFirst = i % 2 == 0;
            long early = time(clock, baselineFirst ? baseline : measured);
            long late = time(clock, baselineFirst ? measured : baseline);
            if (i >= 0) {
                baselines[i] = baselineFirst ? early : late;
                durations[i] = baselineFirst ? late : early;
                differences[i] = durations[i] - baselines[i];
            }
        }
        return new PairedRuns(median(baselines), median(durations), median(differences));
    }

    private static long time(LongSupplier clock, Program program) throws Exception {
        long start = clock.getAsLong();
        program.run();
        return clock.getAsLong() - start;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
