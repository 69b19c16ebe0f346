package dev.rivulet.crash;

import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A file system that is mounted for a test, and unmounted when closed. Requires root on Linux. */
final class Mount implements AutoCloseable {
    private final Path folder;

    private Mount(Path folder) {
        this.folder = folder;
    }

    /**
     * A small file system in memory.
     *
     * @throws org.opentest4j.TestAbortedException if it cannot be mounted, which skips the test
     */
    static Mount memory(Path folder, int kibibytes) throws IOException {
        return mount(folder, "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs");
    }

    /**
     * An ext4 file system in a file.
     *
     * @param image an image that {@link #format} created, or a copy of one
     * @throws org.opentest4j.TestAbortedException if it cannot be mounted, which skips the test
     */
    static Mount image(Path image, Path folder) throws IOException {
        return mount(folder, "-t", "ext4", "-o", "loop", image.toString());
    }

    /** Creates a file with an empty ext4 file system. */
    static void format(Path image, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        skipIfFails("mkfs.ext4", "-q", "-F", image.toString());
    }

    private static Mount mount(Path folder, String... arguments) throws IOException {
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(List.of(arguments));
        command.add(folder.toString());
        skipIfFails(command.toArray(String[]::new));
        return new Mount(folder);
    }

    private static void skipIfFails(String... command) {
        try {
            run(command);
        } catch (IOException e) {
            Assumptions.abort("This machine cannot mount file systems for tests: " + e.getMessage());
        }
    }

    /** Runs a command and waits for it. */
    static void run(String... command) throws IOException {
        try (ChildProcess process = ChildProcess.start(List.of(command))) {
            process.toEnd();
        }
    }

    /** The mount point. */
    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        run("umount", folder.toString());
    }
}
