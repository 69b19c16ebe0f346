package dev.rivulet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The same measurement of PyTorch Lightning, by a Python script.
 *
 * @param versions Lightning's and torch's, as a reader would write them
 * @param byHand microseconds per step of torch calls written by hand
 * @param byTrainer microseconds per step by Lightning's trainer
 * @param overhead microseconds per step that Lightning's trainer adds
 */
record LightningReference(String versions, double byHand, double byTrainer, double overhead) {
    private static final Path SCRIPT = Path.of("src", "main", "python", "lightning_overhead.py");

    /**
     * Runs the script.
     *
     * @param python an interpreter that has torch and pytorch-lightning; empty to leave the reference out
     */
    static Optional<LightningReference> measure(String python) throws IOException, InterruptedException {
        if (python.isBlank()) {
            return Optional.empty();
        }
        ProcessBuilder command = new ProcessBuilder(
                        python,
                        SCRIPT.toString(),
                        String.valueOf(LoopOverhead.WIDTH),
                        String.valueOf(LoopOverhead.STEPS))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        command.environment().put("OMP_NUM_THREADS", "1"); // As many as the Java side has.
        Process process = command.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(SCRIPT + " failed: " + output);
        }
        return Optional.of(new LightningReference(
                "Lightning " + text(output, "lightning") + " on torch " + text(output, "torch"),
                Double.parseDouble(text(output, "by_hand_us")),
                Double.parseDouble(text(output, "by_trainer_us")),
                Double.parseDouble(text(output, "overhead_us"))));
    }

    private static String text(String json, String key) throws IOException {
        Matcher matcher = Pattern.compile("\"" + key + "\": *\"?([^\",}]+)").matcher(json);
        if (!matcher.find()) {
            throw new IOException(SCRIPT + " printed no " + key + ": " + json);
        }
        return matcher.group(1);
    }
}
