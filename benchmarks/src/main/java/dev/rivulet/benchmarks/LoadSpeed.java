package dev.rivulet.benchmarks;

import dev.rivulet.Callback;
import dev.rivulet.Checkpoints;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.benchmarks.RecordedFit.Plan;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.internal.format.safetensors.SafetensorsEntry;
import dev.rivulet.internal.format.safetensors.SafetensorsReader;
import dev.rivulet.internal.tensor.DirectMemory;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Compares verified reading of a checkpoint in the page cache with Python's safetensors. */
final class LoadSpeed {
    private static final int WARM_UPS = 3;
    private static final int ROUNDS = 11;

    private final Map<String, double[]> nanos = new HashMap<>();

    private LoadSpeed() {}

    /** A measured program with the name of its row. */
    private record Reading(String name, AlternatingRuns.Timed timed) {}

    /** Measures and returns the section in Markdown. */
    static String section(String python) throws Exception {
        try (WorkingFolder folder = new WorkingFolder()) {
            Path file = folder.path().resolve("weights.safetensors");
            RecordedFit.run(
                    Plan.ofSaves(SaveBlocking.LARGE, LayersModule::new, List.of(), 1, 1)
                            .withFormat(CheckpointFormat.SAFETENSORS),
                    new KeepCheckpoint(file));
            return new LoadSpeed().measure(file, python);
        }
    }

    private String measure(Path file, String python) throws Exception {
        long bytes = Files.size(file);
        try (SafetensorsLoading reference = new SafetensorsLoading(python, file);
                LayersModule module = Checkpoints.load(file, new LayersModule(SaveBlocking.LARGE))) {
            Map<String, List<ByteBuffer>> memory = new HashMap<>();
            Reading whole = new Reading("`SafetensorsReader.readAll` into warm memory", () -> readAll(file, memory));
            Reading load = new Reading("`Checkpoints.load` into a module", () -> load(file, module));
            Reading touch = new Reading("`load_file`, sum of each tensor", () -> reference.time("touch"));
            Reading copy = new Reading("`load_file`, `copy_` into tensors", () -> reference.time("copy"));
            List<Reading> readings = reference.isPresent() ? List.of(touch, whole, copy, load) : List.of(whole, load);
            for (int round = -WARM_UPS; round < ROUNDS; round++) {
                for (Reading reading : readings) {
                    double duration = reading.timed().run();
                    if (round >= 0) {
                        nanos.computeIfAbsent(reading.name(), name -> new double[ROUNDS])[round] = duration;
                    }
                }
            }
            StringBuilder section = new StringBuilder(String.format(
                    Locale.ROOT,
                    """
                    A file of %.0f MB in the page cache; medians of %d alternating rounds. Rivulet verifies the CRC-32C
                    of header and data while reading; safetensors verifies nothing%s. A ratio above 1 means faster than
                    safetensors%s.

                    | | ms | GB/s | speed relative to touching | relative to copying |
                    |---|---|---|---|---|
                    """,
                    bytes / 1e6,
                    ROUNDS,
                    reference
                            .versions()
                            .map(versions -> " (" + versions + ", all cores)")
                            .orElse(""),
                    reference.isPresent() ? "" : ", which was not available"));
            readings.forEach(reading -> section.append(row(reading.name(), bytes, touch.name(), copy.name())));
            return section.toString();
        }
    }

    private String row(String name, long bytes, String touch, String copy) {
        double median = median(name).orElseThrow();
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.2f | %s | %s |%n",
                name,
                median / 1e6,
                bytes / median,
                ratio(touch, median),
                ratio(copy, median));
    }

    private String ratio(String reference, double median) {
        return median(reference)
                .map(other -> String.format(Locale.ROOT, "%.2f", other / median))
                .orElse("–");
    }

    private Optional<Double> median(String name) {
        return Optional.ofNullable(nanos.get(name)).map(PairedRuns::median);
    }

    private static double readAll(Path file, Map<String, List<ByteBuffer>> memory) throws IOException {
        long start = System.nanoTime();
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            reader.readAll(entry -> memory.computeIfAbsent(entry.name(), name -> allocate(entry)));
        }
        return System.nanoTime() - start;
    }

    private static List<ByteBuffer> allocate(SafetensorsEntry entry) {
        return DirectMemory.allocate(entry.byteCount()).chunks();
    }

    private static double load(Path file, LayersModule module) throws IOException {
        long start = System.nanoTime();
        Checkpoints.load(file, module);
        return System.nanoTime() - start;
    }

    /** Copies a checkpoint of a fit, so that it is kept when the fit's folder is deleted. */
    private record KeepCheckpoint(Path file) implements Callback {

        @Override
        public void onCheckpointCommitted(Trainer trainer, LightningModule module, CommittedCheckpoint checkpoint)
                throws IOException {
            Files.copy(checkpoint.path(), file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A Python process that loads the file on request. */
    private static final class SafetensorsLoading implements AutoCloseable {
        private final Optional<Process> process;
        private final Optional<BufferedWriter> commands;
        private final Optional<BufferedReader> answers;
        private final Optional<String> versions;

        SafetensorsLoading(String python, Path file) throws IOException {
            process = python.isBlank()
                    ? Optional.empty()
                    : Optional.of(PythonScript.command(python, "safetensors_loading.py", List.of(file.toString()))
                            .start());
            commands = process.map(running -> running.outputWriter(StandardCharsets.UTF_8));
            answers = process.map(running -> running.inputReader(StandardCharsets.UTF_8));
            versions = answers.isPresent() ? Optional.of(answer()) : Optional.empty();
        }

        boolean isPresent() {
            return process.isPresent();
        }

        Optional<String> versions() {
            return versions;
        }

        /** Nanoseconds of a load that touches the tensors or copies them. */
        double time(String what) throws IOException {
            BufferedWriter writer = commands.orElseThrow();
            writer.write(what + "\n");
            writer.flush();
            return Double.parseDouble(answer()) * 1e9;
        }

        private String answer() throws IOException {
            String line = answers.orElseThrow().readLine();
            if (line == null) {
                throw new IOException("The Python interpreter has ended; does it have torch and safetensors?");
            }
            return line;
        }

        @Override
        public void close() throws IOException {
            if (commands.isPresent()) {
                commands.get().close(); // The script ends at the end of its input.
            }
        }
    }
}
