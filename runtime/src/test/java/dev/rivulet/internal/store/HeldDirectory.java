package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.Path;

/** The main program of a JVM that locks a directory until it is killed. */
final class HeldDirectory {
    private HeldDirectory() {}

    /**
     * Opens a directory, writes a file without committing it, reports that on standard output, and waits for the end of
     * its input.
     *
     * @param arguments the directory
     */
    public static void main(String[] arguments) throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(Path.of(arguments[0]));
                Group group = directory.begin()) {
            SavedRun.write(group, "a", "a");
            System.out.println("locked");
            while (System.in.read() >= 0) {
                // Until the parent process has ended.
            }
        }
    }
}
