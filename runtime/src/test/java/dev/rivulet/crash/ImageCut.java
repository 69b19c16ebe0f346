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
 * A real power cut: a JVM writes to an ext4 file system in a file, is frozen, and the file is copied as it is. What the JVM
 * wrote and the kernel has not sent to that disk yet is not in the copy; mounting the copy replays the journal, as after a
 * power cut.
 */
final class ImageCut {
    private static final long BYTES = 32L << 20;

    /** Where on the file system the JVM writes. */
    static final String DIRECTORY = "run/checkpoints";

    private ImageCut() {}

    /**
     * Lets a JVM write and cuts its power.
     *
     * @param folder empty
     * @param withoutFlush whether the JVM flushes nothing
     * @param acknowledgements after how many of them the power is cut
     * @param copy where the disk is copied to
     * @return the last group that was acknowledged
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

    /** Returns when no thread runs any more. */
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

    /** The kernel may write on its own while the file is copied; then the copy is made anew. */
    private static void copyAtOneMoment(Path image, Path copy) throws IOException {
        FileTime before;
        do {
            before = Files.getLastModifiedTime(image);
            Files.copy(image, copy, StandardCopyOption.REPLACE_EXISTING);
        } while (!before.equals(Files.getLastModifiedTime(image)));
    }
}
