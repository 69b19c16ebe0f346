package dev.rivulet.benchmarks;

import dev.rivulet.benchmarks.LayersModule.Size;
import dev.rivulet.benchmarks.RecordedFit.Plan;
import java.util.Locale;

/** Memory that twenty saves allocate and retain after the first ones. */
final class SaveMemory {
    private static final int WARM_UPS = 4;
    private static final int SAVES = 20;
    private static final int EVERY = 6;

    private SaveMemory() {}

    /** Measures and returns the section in Markdown. */
    static String section() throws Exception {
        MemoryWatch watch = new MemoryWatch();
        Size size = SaveBlocking.LARGE;
        RecordedFit.run(Plan.ofSaves(size, OneStreamModule::new, SaveBlocking.ONE, EVERY, WARM_UPS + SAVES), watch);
        int from = WARM_UPS * EVERY + EVERY / 2;
        int to = from + SAVES * EVERY;
        MemoryWatch.Sample before = watch.after(from);
        MemoryWatch.Sample after = watch.after(to);
        double trained = after.trained() - before.trained() - (to - from) * watch.allocatedPerStep();
        return String.format(
                Locale.ROOT,
                """
                %.0f MB of weights, the original and one static stream, %d saves after the first %d. Allocations on the
                Java heap, without those of the training steps; and the process's memory outside of the heap, before the
                first and after the last of these saves.

                | | |
                |---|---|
                | allocated by the training thread per save | %.1f kB |
                | allocated by the writer per save | %.1f kB |
                | both, as a fraction of the weights' bytes | **%.5f** |
                | direct memory before, after | %.1f MB, %.1f MB |
                | resident memory before, after | %s, %s |
                """,
                size.byteCount() / 1e6,
                SAVES,
                WARM_UPS,
                trained / SAVES / 1e3,
                (after.written() - before.written()) / 1e3 / SAVES,
                (trained + after.written() - before.written()) / SAVES / size.byteCount(),
                before.direct() / 1e6,
                after.direct() / 1e6,
                megabytes(before),
                megabytes(after));
    }

    private static String megabytes(MemoryWatch.Sample sample) {
        return sample.resident().isPresent()
                ? String.format(Locale.ROOT, "%.1f MB", sample.resident().getAsLong() / 1e6)
                : "unknown";
    }
}
