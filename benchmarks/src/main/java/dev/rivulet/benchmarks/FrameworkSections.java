package dev.rivulet.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** The sections on the training loop and the annotation processor. */
final class FrameworkSections {
    private FrameworkSections() {}

    /** The training loop compared with DJL calls written by hand. */
    static String loop(String python) throws Exception {
        PairedRuns runs = LoopOverhead.measure();
        Optional<LightningReference> lightning = LightningReference.measure(python);
        double hand = runs.baseline() / LoopOverhead.STEPS / 1e3;
        double fit = runs.measured() / LoopOverhead.STEPS / 1e3;
        double overhead = runs.difference() / LoopOverhead.STEPS / 1e3;
        String table = String.format(
                Locale.ROOT, """
                Processor time. Two linear layers, %d wide, batches of 32, Adam; whole fits of %d steps with the same
                data, forward pass, loss, backward pass and updates. The difference is what `Trainer` adds to DJL calls
                written by hand. For comparison, PyTorch Lightning does the same on torch, if `-Dlightning.python=`
                names an interpreter that has it.

                | | by hand, µs | by the trainer, µs | added, µs | ratio |
                |---|---|---|---|---|
                | Rivulet on DJL 0.36.0 | %.1f | %.1f | **%.1f** | %.3f |
                """, LoopOverhead.WIDTH, LoopOverhead.STEPS, hand, fit, overhead, 1 + overhead / hand);
        return table
                + lightning
                        .map(other -> String.format(
                                Locale.ROOT,
                                "| %s | %.1f | %.1f | %.1f | %.3f |%n",
                                other.versions(),
                                other.byHand(),
                                other.byTrainer(),
                                other.overhead(),
                                1 + other.overhead() / other.byHand()))
                        .orElse("")
                + "\n";
    }

    /** Dispatch of transforms through the registry. */
    static String dispatch() throws Exception {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(DispatchBenchmark.class.getName())
                        .build())
                .run();
        double direct = score(results, "direct");
        double hand = score(results, "handWritten");
        double generated = score(results, "generated");
        return String.format(Locale.ROOT, """
            Calls by stream name through the generated registry and through a hand-written one, and direct calls
            (JMH, average time, transforms that do nothing; a nanosecond or two are noise). A save makes one such
            call for each derived stream.

            | | ns | ratio |
            |---|---|---|
            | hand-written registry | %.2f | 1 |
            | generated registry | %.2f | **%.2f** |
            | direct call of the method | %.2f | %.2f |

            """, hand, generated, generated / hand, direct, direct / hand);
    }

    private static double score(Collection<RunResult> results, String method) {
        return results.stream()
                .filter(result -> result.getParams().getBenchmark().endsWith("." + method))
                .findFirst()
                .orElseThrow()
                .getPrimaryResult()
                .getStatistics()
                .getPercentile(50);
    }

    /** The annotation processor. */
    static String compile() throws Exception {
        CompileTime times = CompileTime.measure();
        double rivulet = times.rivulet() / 1e3;
        double autoValue = times.autoValue() / 1e3;
        return String.format(Locale.ROOT, """
            %d classes in one javac run, time with the processor minus time without it, per class: reading,
            checking, writing the generated class and compiling it. A module of three streams with a condition and a
            hook; a value class of five properties.

            | | added per class, µs | ratio |
            |---|---|---|
            | AutoValue 1.11.0 | %.0f | 1 |
            | Rivulet | %.0f | **%.2f** |
            """, CompileTime.CLASSES, autoValue, rivulet, rivulet / autoValue);
    }
}
