package dev.rivulet.crash;

import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real power cut: a JVM writes to an ext4 file system in an image file, is frozen, and the image is copied. The copy
 * lacks writes that the kernel has not sent to the disk yet; mounting it replays the journal, as after a power cut.
 */
final class ImageCut {
    private static final long BYTES = 32L << 20;

    /** The directory to which the JVM writes. */
    static final String DIRECTORY = "run/checkpoints";

    private ImageCut() {}

    /**
     * Lets a JVM write and cuts its power.
     *
     * @param folder an empty folder
     * @param withoutFlush whether the JVM omits all flushes
     * @param acknowledgements number of acknowledgements after which the power is cut
     * @param copy target of the copied image
     * @return the last acknowledged group
     */
    static long cut(Path folder, boolean withoutFlush, int acknowledgements, Path copy) throws IOException {
        Path image = folder.resolve("image");
        Mount.format(image, BYTES);
        try (Mount mount = Mount.image(image, folder.resolve("mounted"))) {
            try (ChildProcess writer = ChildProcess.jvm(
                    List.of("-XX:+UseSerialGC"), ImageRun.class, mount.folder().resolve(DIRECTORY), withoutFlush)) {
                long acknowledged = 0;
                for (int i = 0; i < acknowledgements; i++) {
                    acknowledged = Long.parseLong(String.valueOf(writer.readLine()));
                }
                freeze(writer.handle());
                copyAtOneMoment(image, copy);
                writer.handle().destroyForcibly();
                for (String line = writer.readLine(); line != null; line = writer.readLine()) {
                    acknowledged = Long.parseLong(line);
                }
                return acknowledged;
            }
        }
    }

    /** Stops the process, and returns when all its threads are stopped. */
    private static void freeze(ProcessHandle writer) throws IOException {
        Mount.run("kill", "-STOP", Long.toString(writer.pid()));
        Path tasks = Path.of("/proc", Long.toString(writer.pid()), "task");
        while (!isStopped(tasks)) {
            Thread.onSpinWait();
        }
    }

    private static boolean isStopped(Path tasks) throws IOException {
        try (Stream<Path> threads = Files.list(tasks)) {
            List<Path> all = threads.toList();
            for (Path thread : all) {
                String stat = Files.readString(thread.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        }
    }

    /** Copies the image, and repeats that if the kernel wrote to it in the meantime. */
    private static void copyAtOneMoment(Path image, Path copy) throws IOException {
        FileTime previous;
        do {
            previous = Files.getLastModifiedTime(image);
            Files.copy(image, copy, StandardCopyOption.REPLACE_EXISTING);
        } while (!previous.equals(Files.getLastModifiedTime(image)));
    }
}
