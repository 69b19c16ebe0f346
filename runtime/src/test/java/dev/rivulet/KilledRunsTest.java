package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills training runs that save at every step. What they said to be durable is there afterwards, and nothing else.
 *
 * <p>Several runs follow each other in one directory, so that each also begins with what a killed one left. For long:
 * {@code -Drivulet.kills=2000}.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the directories of killed processes stay locked for a while")
class KilledRunsTest {
    private static final int KILLS = Integer.getInteger("rivulet.kills", 8);
    private static final long SEED = Long.getLong("rivulet.seed", System.nanoTime());
    private static final int KILLS_PER_DIRECTORY = 8;

    /** Acknowledged checkpoints after which a run is killed at the latest. */
    private static final int MOST_COMMITS = 60;

    @TempDir
    Path root;

    @Test
    void nothingThatWasAcknowledgedIsLostAndNothingElseIsVisible() throws Exception {
        ExecutorService workers =
                Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors()));
        try {
            List<Callable<Integer>> directories = IntStream.range(
                            0, (KILLS + KILLS_PER_DIRECTORY - 1) / KILLS_PER_DIRECTORY)
                    .<Callable<Integer>>mapToObj(index -> () -> killRuns(index))
                    .toList();
            int acknowledged = 0;
            for (Future<Integer> result : workers.invokeAll(directories)) {
                acknowledged += result.get();
            }
            System.out.printf(
                    "SIGKILL: %,d kills, %,d checkpoints acknowledged: 0 lost, 0 torn, 0 mixed, 0 left over (seed %d)%n",
                    KILLS, acknowledged, SEED);
        } finally {
            workers.shutdownNow();
        }
    }

    private int killRuns(int index) throws Exception {
        Path directory = Files.createDirectory(root.resolve("run-" + index));
        Random random = new Random(SEED + index);
        int kills = Math.min(KILLS_PER_DIRECTORY, KILLS - index * KILLS_PER_DIRECTORY);
        int acknowledged = 0;
        for (int kill = 0; kill < kills; kill++) {
            String place = "seed " + SEED + ", directory " + index + ", kill " + kill;
            List<String> commits = killOneRun(directory, random);
            SavedFiles.afterKill(directory.resolve("checkpoints"), commits).check(place);
            acknowledged += commits.size();
        }
        return acknowledged;
    }

    /** What the run has acknowledged. */
    private static List<String> killOneRun(Path directory, Random random) throws IOException, InterruptedException {
        Path log = directory.resolveSibling(directory.getFileName() + ".log");
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dai.djl.pytorch.num_threads=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledRun.class.getName(),
                        directory.toString())
                .redirectError(log.toFile())
                .start();
        List<String> commits = new ArrayList<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(run.getInputStream(), StandardCharsets.UTF_8))) {
            int enough = 1 + random.nextInt(MOST_COMMITS);
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                commits.add(line);
                if (commits.size() == enough) {
                    LockSupport.parkNanos(random.nextInt(20_000_000));
                    // Unlike the process itself, its handle leaves the pipe open: what was acknowledged before counts.
                    run.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(commits).as("%s", Files.readString(log)).isNotEmpty();
        return commits;
    }
}
