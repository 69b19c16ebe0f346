package dev.rivulet.internal.store;

import java.io.IOException;
import java.nio.file.Path;

/** The main program of a JVM that holds a directory until it is killed. */
final class HeldDirectory {
    private HeldDirectory() {}

    /**
     * Opens a directory, writes a file that it never commits, says so on standard output, and waits for its input to end.
     *
     * @param arguments the directory
     */
    public static void main(String[] arguments) throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(Path.of(arguments[0]));
                Group group = directory.begin()) {
            SavedRun.write(group, "a", "a");
            System.out.println("holds it");
            while (System.in.read() >= 0) {
                // Until the parent is gone.
            }
        }
    }
}
