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
 * @param newest names of the newest checkpoint of each stream
 */
record ResumedOutcome(String summary, Map<String, Map<String, String>> files, Set<String> newest) {

    /** Reads the directory of a finished {@link ResumedRun}. */
    static ResumedOutcome of(Path directory, List<String> output) throws IOException {
        String prefix = "newest ";
        Set<String> newest = new TreeSet<>(output.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> name(Path.of(line.substring(prefix.length()))))
                .toList());
        Map<String, Map<String, String>> files = new TreeMap<>();
        try (Stream<Path> listed = Files.list(directory.resolve("checkpoints"))) {
            for (Path file : listed.filter(Files::isRegularFile).toList()) {
                files.put(name(file), content(file));
            }
        }
        return new ResumedOutcome(output.get(output.size() - 1), files, newest);
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

    /**
     * All differences from a run that was never interrupted, by file and path in the file.
     *
     * @param sameFiles whether to compare all files, or only the newest ones
     */
    List<String> differencesFrom(ResumedOutcome straight, boolean sameFiles) {
        List<String> differences = new ArrayList<>();
        if (!summary.equals(straight.summary)) {
            differences.add(summary + " instead of " + straight.summary);
        }
        Set<String> expected = sameFiles ? straight.files.keySet() : straight.newest;
        Set<String> surplus = new TreeSet<>(files.keySet());
        surplus.removeAll(expected);
        if (!files.keySet().containsAll(expected) || (sameFiles && !surplus.isEmpty())) {
            differences.add("the files are " + files.keySet() + " instead of " + expected);
        }
        for (String file : expected) {
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
