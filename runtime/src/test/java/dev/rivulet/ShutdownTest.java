package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows ends a process without a signal")
class ShutdownTest {
    @TempDir
    Path directory;

    @Test
    void savesBeforeItExitsOnSigterm() throws Exception {
        stop(false, 60_000);

        List<Path> saved = checkpoints();
        assertThat(saved).hasSize(1);
        assertThat(Checkpoints.describe(saved.get(0)).globalStep()).isGreaterThanOrEqualTo(3);
        try (PlaneModule module = Checkpoints.load(saved.get(0), new PlaneModule())) {
            assertThat(LiveNetwork.of(module).arrays()).containsOnlyKeys("weight", "bias");
        }
    }

    @Test
    void exitsWhenTheBudgetIsSpent() throws Exception {
        stop(true, 200);

        assertThat(checkpoints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | step            | original averaged transformed",
                "1 | hook            | original averaged transformed",
                "1 | condition       | original averaged transformed",
                "1 | condition once  | original averaged transformed",
                "1 | averaged        | original          transformed",
                "1 | averaged once   | original averaged transformed",
                "0 | averaged        | original          transformed",
                "1 | transformed     | original averaged",
                "0 | transformed     | original averaged",
                "1 | save hook       | original          transformed",
                "1 | committed       | original averaged transformed",
                "1 | exception       | original averaged transformed",
                "1 | state           |",
                "1 | state once      | original averaged transformed",
                "1 | loading         | original averaged transformed"
            })
    void savesBeforeItExitsByItself(int maxPendingSaves, String where, @Nullable String saved) throws IOException {
        try (ChildProcess run = ChildProcess.jvm(
                List.of("-Dorg.slf4j.simpleLogger.log.dev.rivulet=error"),
                ExitingRun.class,
                directory,
                maxPendingSaves,
                where)) {
            assertThat(run.exitStatus()).isEqualTo(ExitingRun.STATUS);
            assertThat(run.errors()).doesNotContain("did not end within");
        }

        Set<String> streams = new HashSet<>();
        for (Path file : checkpoints()) {
            assertThat(Checkpoints.describe(file).globalStep()).isGreaterThanOrEqualTo(2);
            streams.add(Checkpoints.describe(file).stream());
        }
        streams.retainAll(ExitingRun.STREAMS);
        assertThat(streams).containsExactlyInAnyOrder(saved == null ? new String[0] : saved.split(" +"));
    }

    /** Starts a run and sends SIGTERM once it is training. */
    private void stop(boolean stuck, long budgetMillis) throws IOException {
        try (ChildProcess run = ChildProcess.jvm(SignalledRun.class, directory, stuck, budgetMillis)) {
            assertThat(run.readLine()).isEqualTo("training");
            run.handle().destroy();
            run.exitStatus();
        }
    }

    private List<Path> checkpoints() throws IOException {
        Pattern checkpoint = Pattern.compile(".*\\.(ckpt|safetensors)");
        try (Stream<Path> files = Files.list(directory.resolve("checkpoints"))) {
            return files.filter(file -> checkpoint.matcher(file.toString()).matches())
                    .toList();
        }
    }
}
