package dev.rivulet.compatibility;

import static dev.rivulet.ResumeFrom.resumeFrom;

import dev.rivulet.FitResult;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Records run directories of this build, for tests of later builds. See the package documentation. */
final class RecordRuns {
    /** The group that the killed run has committed, but not renamed; at a step that all streams save. */
    private static final int KILLED_GROUP = 16;

    private final Path target;
    private final Path folder;

    private RecordRuns(Path target, Path folder) {
        this.target = target;
        this.folder = folder;
    }

    /**
     * Records one set.
     *
     * @param arguments folder of the set, which must not exist
     */
    public static void main(String[] arguments) throws IOException {
        Path target = Files.createDirectory(Path.of(arguments[0]));
        RecordRuns record = new RecordRuns(target, Files.createTempDirectory("runs"));
        record.straight();
        record.stopped();
        record.killed();
    }

    private void straight() throws IOException {
        Path root = folder.resolve("straight");
        recordEnd("straight", root, new EarlierRun(root).toEnd());
    }

    private void stopped() throws IOException {
        Path root = folder.resolve("stopped");
        new EarlierRun(root).untilStop();
        record("stopped", root);
    }

    /** Kills a run at its first rename after the commit. */
    private void killed() throws IOException {
        Path log = folder.resolve("names.log");
        trace(folder.resolve("traced"), "--output=" + log);
        List<String> renames = Files.readAllLines(log).stream()
                .filter(line -> line.contains(" rename("))
                .toList();
        String commit = "/group-%010d.json\") = 0".formatted(KILLED_GROUP);
        int commits = IntStream.range(0, renames.size())
                .filter(i -> renames.get(i).contains(commit))
                .findFirst()
                .orElseThrow();
        Path root = folder.resolve("killed");
        trace(root, "--inject=rename:signal=KILL:when=" + (commits + 2));
        record("killed", root);
    }

    /** Trains in another process, whose renames {@code strace} traces. */
    private static void trace(Path root, String option) throws IOException {
        List<String> command = List.of(
                "strace",
                "--follow-forks",
                "--trace=rename",
                option,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EarlierRun.class.getName(),
                root.toString());
        try (ChildProcess traced = ChildProcess.start(command)) {
            traced.exitStatus();
        }
    }

    /** Records a directory, its description, and the end of the run for each way to resume. */
    private void record(String name, Path root) throws IOException {
        Path archive = target.resolve(name + ".zip");
        RunArchive.pack(root, archive);
        write(name, new RunDirectory(root).description());
        for (String from : RunDirectory.WAYS_TO_RESUME) {
            String end = name + "-" + from;
            Path copy = folder.resolve(end);
            RunArchive.unpack(archive, copy);
            recordEnd(end, copy, new EarlierRun(copy).toEnd(resumeFrom(from)));
        }
    }

    private void recordEnd(String name, Path root, FitResult result) throws IOException {
        write(name, new RunDirectory(root).end(result));
    }

    private void write(String name, List<String> lines) throws IOException {
        Files.writeString(target.resolve(name + ".txt"), String.join("\n", lines) + "\n");
    }
}
