package dev.rivulet.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary folder in {@code target}, on the disk of the checkout, deleted with its content when closed. */
final class WorkingFolder implements AutoCloseable {
    private final Path path;

    WorkingFolder() throws IOException {
        path = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "benchmark");
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The benchmark's folder " + path + " could not be deleted; delete it.", e);
        }
    }
}
