package dev.rivulet.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * Two programs timed in turns, by the processor time of their thread, so that it matters little what else the machine
 * does.
 *
 * @param baseline median duration of the first
 * @param measured median duration of the second
 * @param difference median of the differences between neighbours, which noise distorts less than the difference of the
 *     medians; all in nanoseconds
 */
record PairedRuns(double baseline, double measured, double difference) {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Something to time. It does its work on the thread that runs it. */
    @FunctionalInterface
    interface Program {
        void run() throws Exception;
    }

    /**
     * Runs both programs that many times, changing which comes first.
     * @param warmUps pairs that are not counted
     * @param pairs pairs that are
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

    /** The value in the middle. */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
