package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.checkpoint.SaveStatistics;
import dev.rivulet.fixture.ChainModule;
import dev.rivulet.fixture.EngineArrays;
import dev.rivulet.fixture.FitTestCase;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The recorded cost of saving, and leaks. */
@Timeout(120) // Only a thread that does not end takes that long.
class EngineRecordingTest extends FitTestCase {
    @Test
    void aFlightRecordingHasTheFiguresOfTheResult() throws IOException {
        Path file = directory.resolve("saves.jfr");
        FitResult result;
        try (ChainModule module = new ChainModule();
                Recording recording = new Recording()) {
            recording.enable("dev.rivulet.Snapshot").withoutThreshold();
            recording.enable("dev.rivulet.Commit").withoutThreshold();
            recording.start();
            module.transform("transformed", (weights, context) -> {
                if (context.globalStep() == 3) {
                    throw new IOException("no scale");
                }
                return weights;
            });
            result = ChainModule.saving(trainer(), "original", "transformed")
                    .build()
                    .fit(module, points, points);
            recording.stop();
            recording.dump(file);
        }

        List<RecordedEvent> snapshots = events(file, "dev.rivulet.Snapshot");
        List<RecordedEvent> commits = events(file, "dev.rivulet.Commit");
        SaveStatistics saves = result.saves();
        assertThat(snapshots).hasSize(8).noneMatch(event -> event.getBoolean("skipped"));
        assertThat(sum(snapshots, "bytes"))
                .isEqualTo(saves.blocked().copiedBytes())
                .isEqualTo(8 * 3 * 4);
        assertThat(copying(snapshots)).isEqualTo(saves.blocked().copying());
        assertThat(commits).hasSize(8);
        assertThat(saves.groups()).isEqualTo(8);
        assertThat(sum(commits, "checkpoints")).isEqualTo(saves.checkpoints()).isEqualTo(15);
        assertThat(sum(commits, "failures")).isEqualTo(1);
        assertThat(sum(commits, "bytes")).isEqualTo(saves.written().bytes());
        assertThat(commits).extracting(event -> event.getLong("group")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(saves.durable()).map(SaveStatistics.Durable::globalStep).contains(8L);
    }

    private static List<RecordedEvent> events(Path file, String name) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .sorted((a, b) -> Long.compare(a.getLong("globalStep"), b.getLong("globalStep")))
                .toList();
    }

    private static long sum(List<RecordedEvent> events, String field) {
        return events.stream().mapToLong(event -> event.getLong(field)).sum();
    }

    private static Duration copying(List<RecordedEvent> events) {
        return events.stream().map(event -> event.getDuration("copying")).reduce(Duration.ZERO, Duration::plus);
    }

    @Tag("slow")
    @Test
    void fiftyFitsLeakNoThreadsMemoryOrArrays() throws InterruptedException {
        fitOnce(0);
        int arrays = EngineArrays.count(manager);
        long direct = directBytes(Long.MAX_VALUE);
        for (int i = 1; i <= 50; i++) {
            fitOnce(i);
        }

        assertThat(EngineArrays.count(manager)).isEqualTo(arrays);
        assertThat(directBytes(direct)).isLessThanOrEqualTo(direct);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("rivulet-")) {
                thread.join();
            }
        }
    }

    private void fitOnce(int number) {
        try (ChainModule module = new ChainModule()) {
            module.transform("second", (weights, context) -> {
                if (context.globalStep() == 3) {
                    throw new IOException("no scale");
                }
                return weights;
            });
            FitResult result = ChainModule.saving(trainer(), "original", "first", "second", "third")
                    .defaultRootDir(directory.resolve("run-" + number))
                    .maxSteps(3)
                    .build()
                    .fit(module, points, points);
            assertThat(result.saves().groups()).isEqualTo(3);
        }
    }

    /** Bytes of reachable direct memory, after enough garbage collections. */
    private static long directBytes(long expected) {
        BufferPoolMXBean pool = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(bean -> Objects.equals(bean.getName(), "direct"))
                .findFirst()
                .orElseThrow();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 20 && (i < 3 || least > expected); i++) {
            System.gc();
            least = Math.min(least, pool.getMemoryUsed());
        }
        return least;
    }
}
