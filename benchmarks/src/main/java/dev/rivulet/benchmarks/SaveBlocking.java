package dev.rivulet.benchmarks;

import dev.rivulet.benchmarks.LayersModule.Size;
import dev.rivulet.benchmarks.RecordedFit.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Compares the time that a save blocks training with one memory copy of the weights in the same fit. */
final class SaveBlocking {
    static final Size LARGE = new Size(18, 2048, 2);
    private static final Size WITH_ADAM = new Size(6, 2048, 2);
    private static final Size TINY = new Size(2000, 16, 4);
    private static final int ROUNDS = 3;
    private static final int WARM_UPS = 2;
    private static final List<String> SIXTEEN =
            IntStream.range(0, 16).mapToObj("part-%02d"::formatted).toList();
    static final List<String> ONE = SIXTEEN.subList(0, 1);

    private final List<Double> blocked = new ArrayList<>();
    private final List<Double> copying = new ArrayList<>();
    private final List<Double> memcpy = new ArrayList<>();
    private long busy;

    private SaveBlocking() {}

    /** Measures and returns the section in Markdown. */
    static String section() throws Exception {
        return String.format(
                        Locale.ROOT,
                        """
                        %d M parameters in %d tensors, %.0f MB, without optimizer state; the same number of bytes as %d M
                        parameters and two moments of Adam for each; %d tiny tensors, %.1f MB. All streams save at the same
                        steps: the original and 1 or 16 static ones, each with a part of the weights. Between saves, training
                        continues until the writer has finished, and one `memcpy` on one thread, tensor by tensor, between warm
                        buffers, is timed at another step. Times are from the start of a save until training continues, from a
                        flight recording: medians over %d alternating fits each, without the first %d saves of each. The engine
                        copies large tensors on all cores.

                        | | `memcpy`, ms | snapshot, ms | blocked, ms | longest, ms | blocked / `memcpy` |
                        |---|---|---|---|---|---|
                        """,
                        LARGE.parameters() / 1_000_000,
                        LARGE.tensorBytes().size(),
                        LARGE.byteCount() / 1e6,
                        WITH_ADAM.parameters() / 1_000_000,
                        TINY.tensorBytes().size(),
                        TINY.byteCount() / 1e6,
                        ROUNDS,
                        WARM_UPS)
                + compare("%.0f MB".formatted(LARGE.byteCount() / 1e6), LARGE, 7, 8)
                + withAdam()
                + compare("%d tensors".formatted(TINY.tensorBytes().size()), TINY, 6, 10)
                + saturated();
    }

    private static String compare(String name, Size size, int everyNTrainSteps, int saves) throws Exception {
        Plan one = Plan.ofSaves(size, OneStreamModule::new, ONE, everyNTrainSteps, saves);
        Plan sixteen = Plan.ofSaves(size, SixteenStreamsModule::new, SIXTEEN, everyNTrainSteps, saves);
        SaveBlocking few = new SaveBlocking();
        SaveBlocking many = new SaveBlocking();
        for (int round = 0; round < ROUNDS; round++) {
            few.run(one, size.tensorBytes());
            many.run(sixteen, size.tensorBytes());
        }
        return few.row(name + ", 1 static stream")
                + many.row(name
                        + ", 16 static streams, blocked %.2f × that with 1"
                                .formatted(median(many.blocked) / median(few.blocked)));
    }

    private static String withAdam() throws Exception {
        SaveBlocking saving = new SaveBlocking();
        for (int round = 0; round < ROUNDS; round++) {
            saving.run(
                    Plan.ofSaves(WITH_ADAM, AdamLayersModule::new, ONE, 7, 8), AdamLayersModule.tensorBytes(WITH_ADAM));
        }
        return saving.row("weights and Adam's moments, 1 static stream");
    }

    /**
     * Measures a fit.
     *
     * @param copied size in bytes of each tensor that a save copies
     */
    private void run(Plan plan, List<Integer> copied) throws Exception {
        MemoryCopy copy = new MemoryCopy(copied, plan.everyNTrainSteps());
        RecordedFit fit = RecordedFit.run(plan, copy);
        addWarm(fit.blocked(), blocked);
        addWarm(fit.copying(), copying);
        addWarm(copy.nanos(), memcpy);
        busy += fit.busy();
    }

    private static void addWarm(List<Double> from, List<Double> to) {
        to.addAll(from.subList(WARM_UPS, from.size()));
    }

    private String row(String name) {
        return String.format(
                Locale.ROOT,
                "| %s%s | %.2f | %.2f | %.2f | %.2f | **%.2f** |%n",
                name,
                busy == 0 ? "" : " (the writer was still busy at " + busy + " saves)",
                median(memcpy) / 1e6,
                median(copying) / 1e6,
                median(blocked) / 1e6,
                blocked.stream().mapToDouble(Double::doubleValue).max().orElseThrow() / 1e6,
                median(blocked) / median(memcpy));
    }

    /** Saves that are requested faster than the disk can write them. */
    private static String saturated() throws Exception {
        Function<Size, LayersModule> module = OneStreamModule::new;
        RecordedFit fit = RecordedFit.run(Plan.ofSaves(LARGE, module, ONE, 1, 12));
        SaveBlocking waiting = new SaveBlocking();
        addWarm(fit.blocked(), waiting.blocked);
        return String.format(
                Locale.ROOT,
                """

                With a save at every step the writer cannot keep up, and training waits for it: %.0f ms per save of %.0f
                MB (median; one save may be pending while another is written), with %.2f GB/s durably written.
                """,
                median(waiting.blocked) / 1e6,
                fit.result().saves().written().bytes()
                        / 1e6
                        / fit.result().saves().groups(),
                fit.result().saves().written().bytesPerSecond() / 1e9);
    }

    private static double median(List<Double> values) {
        return PairedRuns.median(
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
