package dev.rivulet.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rivulet.internal.store.CheckpointDirectory;
import dev.rivulet.internal.store.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Opens a directory like the next run, and compares its content with the expected content, which depends only on the
 * newest group that survived: the newest acknowledged group, or the one started after it.
 */
final class Inspection {
    private static final String PRIVATE = ".rivulet";

    private final Map<Long, ExpectedRetention> possible;
    private final List<Finding> findings = new ArrayList<>();
    private long survivor = -1;

    private Inspection(Map<Long, ExpectedRetention> possible) {
        this.possible = possible;
    }

    /**
     * Opens and inspects a directory.
     *
     * @param possible the retention states that may have survived, by the number of their newest group; 0 for no group
     */
    static Inspection of(Path directory, Map<Long, ExpectedRetention> possible) {
        Inspection inspection = new Inspection(possible);
        try (CheckpointDirectory opened = CheckpointDirectory.open(directory)) {
            inspection.inspect(opened);
        } catch (IOException | RuntimeException e) {
            inspection.add(Finding.Kind.UNUSABLE, "the directory cannot be opened: " + e);
        }
        return inspection;
    }

    /** All broken guarantees; empty if there are none. */
    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** The retention state that survived, if it is a possible one. */
    Optional<ExpectedRetention> survivor() {
        return Optional.ofNullable(possible.get(survivor));
    }

    private void add(Finding.Kind kind, String what) {
        findings.add(new Finding(kind, what));
    }

    private void inspect(CheckpointDirectory opened) throws IOException {
        survivor = opened.catalog().manifests().stream()
                .mapToLong(Manifest::group)
                .max()
                .orElse(0);
        ExpectedRetention retention = possible.get(survivor);
        if (retention == null) {
            add(Finding.Kind.LOST, "the newest group is " + survivor + ", not one of " + possible.keySet());
            return;
        }
        compareTree(opened.root(), retention.tree());
        comparePrivate(opened.root().resolve(PRIVATE), retention);
    }

    private void compareTree(Path root, SortedMap<String, String> expected) throws IOException {
        SortedMap<String, String> actual = tree(root);
        expected.forEach((path, content) -> {
            String found = actual.get(path);
            if (found == null) {
                add(Finding.Kind.LOST, path + " is missing after group " + survivor);
            } else if (!found.equals(content)) {
                add(Finding.Kind.TORN, path + " holds " + shortened(found) + " instead of " + shortened(content));
            }
        });
        actual.keySet().stream()
                .filter(path -> !expected.containsKey(path))
                .forEach(path -> add(Finding.Kind.ORPHANED, path + " exists after group " + survivor));
    }

    private static String shortened(String content) {
        int end = content.indexOf('\n');
        return content.length() + " bytes that start with \"" + (end < 0 ? content : content.substring(0, end)) + "\"";
    }

    /** The visible files by path: the content of a file, or the target of a link. */
    static SortedMap<String, String> tree(Path root) throws IOException {
        SortedMap<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.collect(Collectors.toList())) {
                Path relative = root.relativize(path);
                if (relative.startsWith(PRIVATE) || Files.isDirectory(path)) {
                    continue;
                }
                String name = relative.toString().replace('\\', '/');
                tree.put(
                        name,
                        Files.isSymbolicLink(path)
                                ? "-> "
                                        + Files.readSymbolicLink(path)
                                                .toString()
                                                .replace('\\', '/')
                                : new String(Files.readAllBytes(path), UTF_8));
            }
        }
        return tree;
    }

    private void comparePrivate(Path folder, ExpectedRetention retention) throws IOException {
        List<String> expected = retention.manifests().numbers().stream()
                .map(group -> String.format("group-%010d.json", group))
                .collect(Collectors.toList());
        List<String> actual;
        try (Stream<Path> paths = Files.list(folder)) {
            actual = paths.map(path -> String.valueOf(path.getFileName()))
                    .sorted()
                    .toList();
        }
        expected.stream()
                .filter(name -> !actual.contains(name))
                .forEach(name -> add(Finding.Kind.LOST, name + " is missing after group " + survivor));
        for (String name : actual) {
            boolean known = expected.contains(name) || name.equals("lock");
            if (!known && !(name.equals("quarantine") && isEmpty(folder.resolve(name)))) {
                add(Finding.Kind.ORPHANED, PRIVATE + "/" + name + " exists after group " + survivor);
            }
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.findAny().isEmpty();
        }
    }
}
