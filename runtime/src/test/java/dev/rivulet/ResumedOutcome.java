package dev.rivulet;

import dev.rivulet.internal.format.safetensors.SafetensorsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The outcome of a run.
 *
 * @param summary steps, epochs and metrics
 * @param files all values of the directory's checkpoints by path, by file name
 */
record ResumedOutcome(String summary, Map<String, Map<String, String>> files) {

    /** Reads the directory of a finished {@link ResumedRun}. */
    static ResumedOutcome of(Path directory, List<String> output) throws IOException {
        Map<String, Map<String, String>> files = new TreeMap<>();
        try (Stream<Path> listed = Files.list(directory.resolve("checkpoints"))) {
            for (Path file : listed.filter(Files::isRegularFile).toList()) {
                files.put(name(file), content(file));
            }
        }
        return new ResumedOutcome(output.get(output.size() - 1), files);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static Map<String, String> content(Path file) throws IOException {
        if (file.toString().endsWith(".ckpt")) {
            return CheckpointValues.in(file);
        }
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            reader.verify();
            Map<String, String> content = new TreeMap<>(reader.header().metadata());
            content.put("weights", CheckpointValues.sha256(new TreeMap<>(reader.readAll()).values()));
            return content;
        }
    }

    /** All differences from a run that was never interrupted, by file and path in the file. */
    List<String> differencesFrom(ResumedOutcome straight) {
        List<String> differences = new ArrayList<>();
        if (!summary.equals(straight.summary)) {
            differences.add(summary + " instead of " + straight.summary);
        }
        if (!files.keySet().equals(straight.files.keySet())) {
            differences.add("the files are " + files.keySet() + " instead of " + straight.files.keySet());
        }
        for (String file : straight.files.keySet()) {
            compare(file, content(file), straight.content(file), differences);
        }
        return differences;
    }

    private Map<String, String> content(String file) {
        return files.getOrDefault(file, Map.of());
    }

    private static void compare(
            String file, Map<String, String> actual, Map<String, String> expected, List<String> differences) {
        Set<String> paths = new TreeSet<>(expected.keySet());
        paths.addAll(actual.keySet());
        for (String path : paths) {
            if (!Objects.equals(actual.get(path), expected.get(path))) {
                differences.add(file + ":" + path + " is " + actual.get(path) + " instead of " + expected.get(path));
            }
        }
    }
}
