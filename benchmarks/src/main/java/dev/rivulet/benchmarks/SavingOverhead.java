package dev.rivulet.benchmarks;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.benchmarks.LayersModule.Size;
import dev.rivulet.benchmarks.RecordedFit.Plan;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Compares a training run that saves three streams every ten steps with one that saves nothing. */
final class SavingOverhead {
    private static final Size MIDDLE = new Size(4, 1024, 128);
    private static final List<String> DERIVED = List.of("halved", "half");
    private static final int EVERY = 10;
    private static final int FIRST_STEP = 5;

    private SavingOverhead() {}

    /** Measures and returns the section in Markdown. */
    static String section(String python) throws Exception {
        return String.format(Locale.ROOT, """
            Linear layers with SGD: wall-clock time from step %d on, of alternating runs; the original and two
            static streams, the weights halved and in bf16, all saved every %d steps, transformed and written while
            training continues. For comparison, the recipe for PyTorch Lightning on torch, if installed: three
            `ModelCheckpoint`s of weights only, two of which transform through a flag in `on_save_checkpoint`.
            libtorch and torch train on one thread.

            | | steps | without saves, ms per step | with saves, ms per step | blocked, ms per save | slowdown |
            |---|---|---|---|---|---|
            """, FIRST_STEP + 1, EVERY)
                + compare(MIDDLE, 6, 7, python)
                + compare(SaveBlocking.LARGE, 4, 5, python)
                + """

                Blocked time is the time that training waits. The rest of the slowdown is caused by the writer, which
                transforms, computes checksums and passes pages to the disk on another core, but shares the memory
                bandwidth.
                """;
    }

    private static String compare(Size size, int saves, int pairs, String python) throws Exception {
        int steps = saves * EVERY;
        double[] blocked = new double[1];
        AlternatingRuns turns = AlternatingRuns.of(
                () -> time(size, 0, saves, new double[1]), () -> time(size, EVERY, saves, blocked), 1, pairs);
        String rows = row("Rivulet", size, steps, turns, String.format(Locale.ROOT, "%.1f", blocked[0] / 1e6));
        return python.isBlank() ? rows : rows + lightning(size, steps, python);
    }

    private static double time(Size size, int every, int saves, double[] blocked) throws Exception {
        int steps = saves * EVERY;
        StepClock clock = new StepClock(FIRST_STEP, FIRST_STEP + steps);
        Plan saving =
                new Plan(size, ThreeStreamsModule::new, DERIVED, every, FIRST_STEP + steps + 1, CheckpointFormat.AUTO);
        RecordedFit fit = RecordedFit.run(saving, clock);
        blocked[0] = fit.blocked().isEmpty()
                ? 0
                : PairedRuns.median(
                        fit.blocked().stream().mapToDouble(Double::doubleValue).toArray());
        return clock.nanos();
    }

    private static String row(String name, Size size, int steps, AlternatingRuns turns, String blocked) {
        return String.format(
                Locale.ROOT,
                "| %s, %.1f MB (%d layers, %d wide, batches of %d) | %d | %.1f | %.1f | %s | **%.1f %%** |%n",
                name,
                size.byteCount() / 1e6,
                size.layers(),
                size.width(),
                size.batchSize(),
                steps,
                turns.referenceMillis() / steps,
                turns.measuredMillis() / steps,
                blocked,
                100 * (turns.ratio() - 1));
    }

    private static String lightning(Size size, int steps, String python) throws IOException, InterruptedException {
        String output = PythonScript.run(
                python,
                "lightning_saving.py",
                List.of(
                        String.valueOf(size.layers()),
                        String.valueOf(size.width()),
                        String.valueOf(size.batchSize()),
                        String.valueOf(EVERY),
                        String.valueOf(FIRST_STEP),
                        String.valueOf(steps)));
        return String.format(
                Locale.ROOT,
                "| Lightning %s on torch %s, the same | %d | %.1f | %.1f | %.1f | %.1f %% |%n",
                PythonScript.string(output, "lightning"),
                PythonScript.string(output, "torch"),
                steps,
                PythonScript.number(output, "bare_ms"),
                PythonScript.number(output, "saving_ms"),
                PythonScript.number(output, "blocked_ms"),
                PythonScript.number(output, "slower_percent"));
    }
}
