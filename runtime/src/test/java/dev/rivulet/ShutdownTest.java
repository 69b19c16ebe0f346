package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    @ValueSource(strings = {"hook", "step", "transform", "condition"})
    void savesBeforeItExitsByItself(String where) throws IOException {
        try (ChildProcess run = ChildProcess.jvm(
                List.of("-Dorg.slf4j.simpleLogger.log.dev.rivulet=error"), ExitingRun.class, directory, where)) {
            assertThat(run.exitStatus()).isEqualTo(ExitingRun.STATUS);
            assertThat(run.errors()).doesNotContain("did not end within");
        }

        assertThat(checkpoints()).isNotEmpty();
        assertThat(Checkpoints.describe(checkpoints().get(0)).globalStep()).isGreaterThanOrEqualTo(2);
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
        try (Stream<Path> files = Files.list(directory.resolve("checkpoints"))) {
            return files.filter(file -> file.toString().endsWith(".ckpt")).toList();
        }
    }
}
