package dev.rivulet.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * CPU times of two programs run alternately on one thread, which depend little on other load of the machine. All in
 * nanoseconds.
 *
 * @param baseline median duration of the first program
 * @param measured median duration of the second
 * @param difference median of the pairwise differences, which is less sensitive to noise than the difference of the
 *     medians
 */
record PairedRuns(double baseline, double measured, double difference) {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** A program to time, which works on the calling thread only. */
    @FunctionalInterface
    interface Program {
        void run() throws Exception;
    }

    /**
     * Runs both programs alternately, changing the order after each pair.
     *
     * @param warmUps number of pairs that are not counted
     * @param pairs number of pairs that are counted
     */
    static PairedRuns of(Program baseline, Program measured, int warmUps, int pairs) throws Exception {
        double[] baselines = new double[pairs];
        double[] durations = new double[pairs];
        double[] differences = new double[pairs];
        for (int i = -warmUps; i < pairs; i++) {
            boolean baselineFirst = i % 2 == 0;
            long early = time(baselineFirst ? baseline : measured);
            long late = time(baselineFirst ? measured : baseline);
            if (i >= 0) {
                baselines[i] = baselineFirst ? early : late;
                durations[i] = baselineFirst ? late : early;
                differences[i] = durations[i] - baselines[i];
            }
        }
        return new PairedRuns(median(baselines), median(durations), median(differences));
    }

    private static long time(Program program) throws Exception {
        long start = THREADS.getCurrentThreadCpuTime();
        program.run();
        return THREADS.getCurrentThreadCpuTime() - start;
    }

    /** The median. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
