package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.process.ChildProcess;
import dev.rivulet.seed.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills training runs that save at every step. Afterwards exactly the checkpoints that they reported as durable exist.
 *
 * <p>Several runs follow each other in one directory, so that each starts with the files of a killed one.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the directories of killed processes stay locked for a while")
class KilledRunsTest {
    private static final int KILLS = Seed.scaled(8);
    private static final int KILLS_PER_DIRECTORY = 8;

    /** Largest number of acknowledged checkpoints before a kill. */
    private static final int MOST_COMMITS = 60;

    @TempDir
    Path root;

    @Test
    void noAcknowledgedCheckpointIsLostAndNoOtherFileIsVisible() throws Exception {
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
                    "SIGKILL: %,d kills, %,d checkpoints acknowledged: 0 lost, 0 torn, 0 mixed, 0 orphaned (seed %d)%n",
                    KILLS, acknowledged, Seed.VALUE);
        } finally {
            workers.shutdownNow();
        }
    }

    private int killRuns(int index) throws Exception {
        Path directory = Files.createDirectory(root.resolve("run-" + index));
        Random random = new Random(Seed.VALUE + index);
        int kills = Math.min(KILLS_PER_DIRECTORY, KILLS - index * KILLS_PER_DIRECTORY);
        int acknowledged = 0;
        for (int kill = 0; kill < kills; kill++) {
            String context = "seed " + Seed.VALUE + ", directory " + index + ", kill " + kill;
            List<String> commits = killOneRun(directory, random);
            SavedFiles.afterKill(directory.resolve("checkpoints"), commits).check(context);
            acknowledged += commits.size();
        }
        return acknowledged;
    }

    /** Returns the checkpoints that the run acknowledged. */
    private static List<String> killOneRun(Path directory, Random random) throws IOException {
        List<String> commits = new ArrayList<>();
        try (ChildProcess run = ChildProcess.jvm(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dai.djl.pytorch.num_threads=1"),
                KilledRun.class,
                directory)) {
            int enough = 1 + random.nextInt(MOST_COMMITS);
            for (String line = run.readLine(); line != null; line = run.readLine()) {
                commits.add(line);
                if (commits.size() == enough) {
                    LockSupport.parkNanos(random.nextInt(20_000_000));
                    run.handle().destroyForcibly();
                }
            }
            assertThat(commits).as("%s", run.errors()).isNotEmpty();
        }
        return commits;
    }
}
