package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.fixture.RandomStop;
import dev.rivulet.seed.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills training runs repeatedly at random times and lets them resume automatically. They end bit for bit like runs
 * that were never interrupted.
 *
 * <p>Each run has its own settings, and the next optimizer.
 */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the directories of killed processes stay locked for a while")
class ResumedKillsTest {
    private static final int KILLS = Seed.scaled(4);

    /** Largest number of stops of one run: some runs are stopped often, others rarely. */
    private static final int MOST_STOPS = Math.min(9, KILLS);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path root;

    private final AtomicInteger runs = new AtomicInteger();
    private final Map<String, Integer> stops = new TreeMap<>();

    @Test
    void killedRunsEndAsIfNeverInterrupted() throws Exception {
        int workers = Math.max(1, Runtime.getRuntime().availableProcessors());
        ExecutorService executor = Executors.newFixedThreadPool(workers);
        List<String> differences = new ArrayList<>();
        try {
            Callable<List<String>> work = this::killRuns;
            for (Future<List<String>> result : executor.invokeAll(
                    Stream.generate(() -> work).limit(workers).toList())) {
                differences.addAll(result.get());
            }
        } finally {
            executor.shutdownNow();
        }
        System.out.printf(
                "Resumed: %,d runs, stopped by %s: %,d differences (seed %d)%n",
                runs.get(), stops, differences.size(), Seed.VALUE);
        assertThat(differences).as("seed %d", Seed.VALUE).isEmpty();
    }

    /** Runs one after the other until there are enough kills. */
    private List<String> killRuns() throws Exception {
        List<String> differences = new ArrayList<>();
        while (kills() < KILLS) {
            int index = runs.getAndIncrement();
            ResumedOptimizer[] optimizers = ResumedOptimizer.values();
            differences.addAll(killRun(index, optimizers[index % optimizers.length]));
        }
        return differences;
    }

    private List<String> killRun(int index, ResumedOptimizer optimizer) throws Exception {
        Random random = new Random(Seed.VALUE + index);
        ResumedProcess process = new ResumedProcess(optimizer, random.nextLong());
        ResumedOutcome straight = process.toEnd(root.resolve("straight-" + index));
        Path directory = root.resolve("resumed-" + index);
        for (int stop = 1 + random.nextInt(MOST_STOPS); stop > 0; stop--) {
            process.stop(directory, RandomStop.of(random)).ifPresent(this::count);
        }
        ResumedOutcome resumed = process.toEnd(directory);
        return resumed.differencesFrom(straight).stream()
                .map(difference -> "run " + index + ", " + process + ": " + difference)
                .toList();
    }

    private synchronized void count(String stop) {
        stops.merge(stop, 1, Integer::sum);
    }

    private synchronized int kills() {
        return stops.entrySet().stream()
                .filter(stop -> stop.getKey().startsWith("SIGKILL"))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
