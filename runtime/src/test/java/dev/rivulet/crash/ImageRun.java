package dev.rivulet.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rivulet.internal.store.CheckpointDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The main program of a JVM that saves groups endlessly and reports durable ones on standard output. */
final class ImageRun {
    /** Number of streams. */
    static final int STREAMS = 3;

    private ImageRun() {}

    /**
     * Saves until it is killed.
     *
     * @param arguments directory; whether files are only written and renamed, without any flush
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        if (Boolean.parseBoolean(arguments[1])) {
            saveWithoutFlush(directory);
        } else {
            save(directory);
        }
    }

    private static void save(Path path) throws IOException {
        CheckpointRun run = new CheckpointRun(ExpectedRetention.empty(STREAMS));
        try (CheckpointDirectory directory = CheckpointDirectory.open(path)) {
            while (true) {
                run.save(directory, ImageRun::acknowledge);
            }
        }
    }

    private static void saveWithoutFlush(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (long step = 1; ; step++) {
            Path temporary = directory.resolve("temporary");
            Files.write(temporary, new StreamPlan(0).content(step));
            Files.move(temporary, directory.resolve("step-" + step), StandardCopyOption.ATOMIC_MOVE);
            acknowledge(step);
        }
    }

    private static void acknowledge(long group) {
        byte[] line = (group + "\n").getBytes(UTF_8);
        System.out.write(line, 0, line.length);
        System.out.flush();
    }
}
