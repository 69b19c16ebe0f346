package dev.rivulet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the Python side of a comparison. */
final class PythonScript {
    private static final Path FOLDER = Path.of("src", "main", "python");

    private PythonScript() {}

    /**
     * Runs a script.
     *
     * @return the JSON object that it printed
     * @throws IOException if it fails; its error output goes to this process's error output
     */
    static String run(String python, String script, List<String> arguments) throws IOException, InterruptedException {
        ProcessBuilder command = command(python, script, arguments);
        command.environment().put("OMP_NUM_THREADS", "1"); // The same as on the Java side.
        Process process = command.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(script + " failed: " + output);
        }
        return output;
    }

    /** The process of a script, with its errors inherited. */
    static ProcessBuilder command(String python, String script, List<String> arguments) {
        List<String> words = Stream.concat(
                        Stream.of(python, FOLDER.resolve(script).toString()), arguments.stream())
                .toList();
        return new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    /** A string or number of a JSON object without nested objects. */
    static String string(String json, String key) throws IOException {
        Matcher matcher = Pattern.compile("\"" + key + "\": *\"?([^\",}]+)").matcher(json);
        if (!matcher.find()) {
            throw new IOException("The script did not print " + key + ": " + json);
        }
        return matcher.group(1);
    }

    /** A number of a JSON object without nested objects. */
    static double number(String json, String key) throws IOException {
        return Double.parseDouble(string(json, key));
    }
}
