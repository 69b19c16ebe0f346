package dev.rivulet.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.rivulet.FitResult;
import dev.rivulet.ResumeFrom;
import dev.rivulet.Trainer;
import dev.rivulet.benchmarks.LayersModule.Size;
import dev.rivulet.internal.tensor.DirectMemory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Compares resuming from weights and Adam's moments with reading the file once. */
final class ResumeSpeed {
    private static final Size SIZE = new Size(6, 2048, 2);
    private static final int STEPS = 2;
    private static final int WARM_UPS = 3;
    private static final int ROUNDS = 11;
    private static final String EVENT = "dev.rivulet.Resume";
    private static final List<String> PARTS = List.of("finding", "weights", "state", "restoring");

    private final Path folder;
    private final PreparedBatches batches;

    private ResumeSpeed(Path folder, PreparedBatches batches) {
        this.folder = folder;
        this.batches = batches;
    }

    /** Measures and returns the section in Markdown. */
    static String section() throws Exception {
        try (WorkingFolder folder = new WorkingFolder();
                NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
                PreparedBatches batches = new PreparedBatches(manager, STEPS + 1, SIZE.batchSize(), SIZE.width(), 1)) {
            return new ResumeSpeed(folder.path(), batches).measure();
        }
    }

    private String measure() throws Exception {
        Path file = save();
        long bytes = Files.size(file);
        DirectMemory reused = DirectMemory.allocate(bytes);
        double[] warm = new double[ROUNDS];
        double[] fresh = new double[ROUNDS];
        double[][] parts;
        try (Recording recording = new Recording()) {
            recording.enable(EVENT).withoutThreshold();
            recording.start();
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                double intoReused = read(file, reused);
                double intoFresh = readFresh(file, bytes);
                resume(file);
                if (round >= 0) {
                    warm[round] = intoReused;
                    fresh[round] = intoFresh;
                }
            }
            recording.stop();
            Path recorded = folder.resolve("recording.jfr");
            recording.dump(recorded);
            parts = parts(recorded);
        }
        double[] resumed = new double[ROUNDS];
        Arrays.setAll(
                resumed,
                round -> Arrays.stream(parts).mapToDouble(part -> part[round]).sum());
        return String.format(Locale.ROOT, """
            %.1f M parameters and two moments of Adam for each, a file of %.0f MB in the page cache, into a
            new module: the time that `fit` needs in addition to a fresh start, from its flight recording.
            Everything is verified, with the CRC-32 of each tensor and the CRC-32C of the file in its
            manifest. For comparison, the file is read once on one thread without verification, into reused
            memory and into newly allocated memory. Medians of %d alternating rounds.

            | | ms | ratio to reused | ratio to new memory |
            |---|---|---|---|
            """, SIZE.parameters() / 1e6, bytes / 1e6, ROUNDS)
                + row("read into reused memory", warm, warm, fresh)
                + row("read into new memory", fresh, warm, fresh)
                + row("**resume**", resumed, warm, fresh)
                + String.format(Locale.ROOT, """

                    Of the resume, finding and opening the file takes %.1f ms, reading weights %.1f ms, reading
                    other state %.1f ms, and restoring %.1f ms.
                    """, (Object[]) Arrays.stream(parts)
                        .map(part -> PairedRuns.median(part) / 1e6)
                        .toArray(Double[]::new));
    }

    private static String row(String name, double[] nanos, double[] warm, double[] fresh) {
        double median = PairedRuns.median(nanos);
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.2f | %.2f |%n",
                name,
                median / 1e6,
                median / PairedRuns.median(warm),
                median / PairedRuns.median(fresh));
    }

    private Trainer.Builder trainer() {
        return Trainer.builder()
                .maxEpochs(1)
                .maxSteps(STEPS)
                .seed(1)
                .enableProgressBar(false)
                .defaultRootDir(folder);
    }

    /** Trains and saves once. */
    private Path save() {
        try (AdamLayersModule module = new AdamLayersModule(SIZE)) {
            FitResult result = trainer().stream("original", policy -> policy.everyNTrainSteps(STEPS))
                    .build()
                    .fit(module, batches);
            return result.stream("original").bestModelPath();
        }
    }

    /** Resumes from a file at whose step training ends. */
    private void resume(Path file) {
        try (AdamLayersModule module = new AdamLayersModule(SIZE)) {
            trainer().enableCheckpointing(false).build().fit(module, batches, ResumeFrom.resumeFrom(file));
        }
    }

    private static double readFresh(Path file, long bytes) throws IOException {
        long start = System.nanoTime();
        DirectMemory memory = DirectMemory.allocate(bytes);
        double allocated = System.nanoTime() - start;
        return allocated + read(file, memory);
    }

    private static double read(Path file, DirectMemory memory) throws IOException {
        long start = System.nanoTime();
        try (FileChannel channel = FileChannel.open(file)) {
            for (ByteBuffer chunk : memory.chunks()) {
                while (chunk.hasRemaining()) {
                    if (channel.read(chunk) < 0) {
                        throw new EOFException(file + " was truncated.");
                    }
                }
            }
        }
        return System.nanoTime() - start;
    }

    /** Nanoseconds of each part of resuming, per round. */
    private static double[][] parts(Path recording) throws IOException {
        List<RecordedEvent> events = new ArrayList<>(RecordingFile.readAllEvents(recording));
        events.removeIf(event -> !event.getEventType().getName().equals(EVENT));
        events.sort((first, second) -> first.getStartTime().compareTo(second.getStartTime()));
        double[][] parts = new double[PARTS.size()][];
        Arrays.setAll(
                parts,
                part -> events.stream()
                        .filter(event -> event.getString("part").equals(PARTS.get(part)))
                        .skip(WARM_UPS)
                        .mapToDouble(event -> event.getDuration().toNanos())
                        .toArray());
        return parts;
    }
}
