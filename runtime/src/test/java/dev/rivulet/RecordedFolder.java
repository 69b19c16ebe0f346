package dev.rivulet;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.internal.retention.CaseConfig;
import dev.rivulet.internal.retention.RunEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of a recorded case, with Lightning's file names and extensions. Where Lightning writes to {@code d/}, or
 * to {@code checkpoints/} by default, a trainer writes to {@code checkpoints/d/} or {@code checkpoints/}.
 */
final class RecordedFolder {
    private static final String CHECKPOINTS = "checkpoints";
    private static final String EXTENSION = ".ckpt";

    private final Path checkpoints;
    private final Set<String> directories = new LinkedHashSet<>();
    private String extension = EXTENSION;

    RecordedFolder(Path root) {
        this.checkpoints = root.toAbsolutePath().normalize().resolve(CHECKPOINTS);
    }

    /** Sets the directories and the extension of the next run. */
    void expect(List<CaseConfig> callbacks) {
        callbacks.forEach(callback -> {
            callback.text("dirpath").ifPresent(directories::add);
            extension = callback.extension();
        });
    }

    /** The file for a name in Lightning's folder. */
    Path file(String name) {
        String own =
                name.endsWith(extension) ? name.substring(0, name.length() - extension.length()) + EXTENSION : name;
        return checkpoints.resolve(own.startsWith(CHECKPOINTS + "/") ? own.substring(CHECKPOINTS.length() + 1) : own);
    }

    /** The name of a file in Lightning's folder. */
    String name(Path file) {
        String name = checkpoints.relativize(file).toString().replace('\\', '/');
        if (directories.stream().noneMatch(directory -> name.startsWith(directory + "/"))) {
            return withExtension(CHECKPOINTS + "/" + name);
        }
        return withExtension(name);
    }

    private String withExtension(String name) {
        return name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) + extension : name;
    }

    /** All files, described as in {@link RunEnd}. */
    List<String> listing() throws IOException {
        if (!Files.exists(checkpoints)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(checkpoints)) {
            return files.filter(file -> !file.startsWith(checkpoints.resolve(".rivulet")))
                    .filter(file -> Files.isSymbolicLink(file) || !Files.isDirectory(file))
                    .map(this::describe)
                    .sorted()
                    .toList();
        }
    }

    private String describe(Path file) {
        try {
            if (Files.isSymbolicLink(file)) {
                Path target = file.resolveSibling(Files.readSymbolicLink(file)).normalize();
                return RunEnd.link(name(file), name(target));
            }
            Checkpoint checkpoint = Checkpoints.describe(file);
            return RunEnd.file(name(file), RunEnd.content(checkpoint.epoch(), checkpoint.globalStep()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
