package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows ends a process without telling it")
class ShutdownTest {
    @TempDir
    Path directory;

    @Test
    void savesBeforeTheEndWhenTold() throws Exception {
        Process run = start(false, 60_000);

        run.destroy();

        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        List<Path> saved = checkpoints();
        assertThat(saved).hasSize(1);
        assertThat(Checkpoints.describe(saved.get(0)).globalStep()).isGreaterThanOrEqualTo(3);
        try (PlaneModule module = Checkpoints.load(saved.get(0), new PlaneModule())) {
            assertThat(module.network(List.of()).arrays()).containsOnlyKeys("weight", "bias");
        }
    }

    @Test
    void endsAnywayWhenTheBudgetIsSpent() throws Exception {
        Process run = start(true, 200);

        run.destroy();

        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(checkpoints()).isEmpty();
    }

    private Process start(boolean stuck, long budgetMillis) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SignalledRun.class.getName(),
                        directory.toString(),
                        Boolean.toString(stuck),
                        Long.toString(budgetMillis))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(output.readLine()).isEqualTo("under way");
        return process;
    }

    private List<Path> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("checkpoints"))) {
            return files.filter(file -> file.toString().endsWith(".ckpt")).toList();
        }
    }
}
