package dev.rivulet.benchmarks;

import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.internal.retention.ModelCheckpoint;
import dev.rivulet.internal.retention.SavePlan;
import dev.rivulet.internal.retention.StreamDirectory;
import dev.rivulet.internal.retention.TrainerView;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.StreamPolicy;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Decisions of a stream that keeps its best thousand checkpoints. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PolicyBenchmark {
    private static final int KEPT = 1000;
    private static final int EVERY = 10;

    /** A stream that already keeps as many checkpoints as it may. */
    @State(Scope.Thread)
    public static class FullStream {
        private final Step step = new Step();
        private final ModelCheckpoint stream = new ModelCheckpoint(
                "original",
                StreamPolicy.builder()
                        .filename("{epoch}-{step}")
                        .monitor("loss")
                        .saveTopK(KEPT)
                        .everyNTrainSteps(EVERY)
                        .build(),
                new EmptyFolder());

        /** Saves as many checkpoints as are kept. */
        @Setup(Level.Trial)
        public void fill() {
            for (int i = 1; i <= KEPT; i++) {
                step.globalStep = (long) i * EVERY;
                step.loss = 2 + i / (double) KEPT;
                stream.committed(stream.onTrainBatchEnd(step).orElseThrow(), 1);
            }
        }

        Optional<SavePlan> decide() {
            return stream.onTrainBatchEnd(step);
        }
    }

    /** The same, with one plan at a time. */
    @State(Scope.Thread)
    public static class ImprovingStream extends FullStream {
        private @Nullable SavePlan last;

        /** Commits the last plan and makes a better checkpoint due. */
        @Setup(Level.Invocation)
        public void commitLast() {
            if (last != null) {
                super.stream.committed(last, 1);
            }
            super.step.globalStep += EVERY;
            super.step.loss = 2 - super.step.globalStep * 1e-9;
        }

        Optional<SavePlan> plan() {
            Optional<SavePlan> plan = decide();
            last = plan.orElseThrow();
            return plan;
        }
    }

    /** A step at which nothing is due: the cost of each training step. */
    @Benchmark
    public Object notDue(FullStream stream) {
        stream.step.globalStep = (long) KEPT * EVERY + 1;
        return stream.decide();
    }

    /** A save is due, but its score is worse than all kept ones. */
    @Benchmark
    public Object dueAndWorse(FullStream stream) {
        stream.step.globalStep = (KEPT + 1L) * EVERY;
        stream.step.loss = 4;
        return stream.decide();
    }

    /** A save is due and replaces the worst checkpoint; the plan is created with its file name. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public Object dueAndBetter(ImprovingStream stream) {
        return stream.plan();
    }

    /** Measures and returns the section in Markdown. */
    static String section() throws Exception {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(PolicyBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
        return """
                One decision of a stream that keeps its best 1,000 checkpoints by a metric, already has 1,000, and saves
                every ten steps (JMH; the last row is a median of samples, of which about 25 ns are overhead of the
                clock).

                | | ns | bytes allocated |
                |---|---|---|
                """
                + row(results, "notDue", "nothing is due")
                + row(results, "dueAndWorse", "due, worse than all kept ones: nothing is saved")
                + row(results, "dueAndBetter", "due and better: a plan with its file name");
    }

    private static String row(Collection<RunResult> results, String method, String name) {
        RunResult result = results.stream()
                .filter(each -> each.getParams().getBenchmark().endsWith("." + method))
                .findFirst()
                .orElseThrow();
        double allocated = Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                .getScore();
        return String.format(
                Locale.ROOT,
                "| %s | **%.1f** | %s |%n",
                name,
                result.getPrimaryResult().getStatistics().getPercentile(50),
                // The profiler also counts allocations of the untimed commit.
                method.equals("dueAndBetter") ? "–" : String.format(Locale.ROOT, "%.0f", allocated));
    }

    /** A folder in which every name is free. */
    private static final class EmptyFolder implements StreamDirectory {
        @Override
        public String extension() {
            return ".safetensors";
        }

        @Override
        public boolean exists(String name) {
            return false;
        }
    }

    /** A training step, with a metric. */
    private static final class Step implements TrainerView {
        private long globalStep;
        private double loss;
        private final MetricValues metrics = new MetricValues() {
            @Override
            public boolean has(String name) {
                return name.equals("loss");
            }

            @Override
            public double get(String name) {
                return loss;
            }
        };

        @Override
        public int epoch() {
            return 0;
        }

        @Override
        public long globalStep() {
            return globalStep;
        }

        @Override
        public MetricValues metrics() {
            return metrics;
        }

        @Override
        public boolean validationRunsNow() {
            return false;
        }

        @Override
        public boolean validationHasRun() {
            return true;
        }

        @Override
        public Set<String> metricNames() {
            return Set.of("loss");
        }

        @Override
        public boolean validates() {
            return false;
        }

        @Override
        public boolean savesOnTrainEpochEnd(SaveOnTrainEpochEnd setting) {
            return true;
        }

        @Override
        public boolean sanityChecking() {
            return false;
        }

        @Override
        public boolean fastDevRun() {
            return false;
        }

        @Override
        public long nanoTime() {
            return 0;
        }
    }
}
