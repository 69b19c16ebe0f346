package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.fixture.RandomStop;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts {@link ResumedRun}s, each in its own JVM.
 *
 * @param optimizer optimizer of the runs
 * @param seed seed of their other settings
 */
record ResumedProcess(ResumedOptimizer optimizer, long seed) {
    private static final int KILLED = 128 + 9;
    private static final int TERMINATED = 128 + 15;

    /** Resumes a run and waits for its end. */
    ResumedOutcome toEnd(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        int status = run(directory, null, lines);
        assertThat(status).as("%s\n%s", this, log(directory)).isZero();
        return ResumedOutcome.of(directory, lines);
    }

    /**
     * Resumes a run and stops it.
     *
     * @return the signal and the activity that it interrupted; empty if the run ended before
     */
    Optional<String> stop(Path directory, RandomStop stop) throws IOException {
        List<String> lines = new ArrayList<>();
        int status = run(directory, stop, lines);
        assertThat(status).as("%s\n%s", this, log(directory)).isIn(0, KILLED, TERMINATED);
        if (status == 0) {
            return Optional.empty();
        }
        Predicate<String> commit = line -> line.startsWith("committed");
        String doing = lines.stream().filter(commit.negate()).reduce("start", (earlier, later) -> later);
        return Optional.of((status == KILLED ? "SIGKILL" : "SIGTERM") + " in " + doing.split(" ", 2)[0]
                + (isWriting(directory) ? " and save" : ""));
    }

    /** Whether a save was started, but neither committed nor aborted. */
    private static boolean isWriting(Path directory) throws IOException {
        Path own = directory.resolve("checkpoints").resolve(".rivulet");
        if (!Files.isDirectory(own)) {
            return false;
        }
        try (Stream<Path> files = Files.list(own)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("tmp-"));
        }
    }

    /** Runs the process and returns its exit status. */
    private int run(Path directory, @Nullable RandomStop stop, List<String> lines) throws IOException {
        try (ChildProcess run = ChildProcess.jvm(options(), ResumedRun.class, directory, optimizer.name(), seed)) {
            for (String line = run.readLine(); line != null; line = run.readLine()) {
                lines.add(line);
                if (stop != null && lines.size() == stop.line()) {
                    stop.carryOut(run.handle());
                }
            }
            int status = run.exitStatus();
            Files.writeString(logFile(directory), run.errors(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return status;
        }
    }

    private List<String> options() {
        List<String> options = new ArrayList<>(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dai.djl.pytorch.num_threads=1",
                "-Dorg.slf4j.simpleLogger.log.dev.rivulet=info"));
        options.addAll(ResumedSettings.random(optimizer, seed).options());
        return options;
    }

    private static Path logFile(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".log");
    }

    private static String log(Path directory) throws IOException {
        return Files.readString(logFile(directory));
    }

    @Override
    public String toString() {
        return ResumedSettings.random(optimizer, seed).toString();
    }
}
