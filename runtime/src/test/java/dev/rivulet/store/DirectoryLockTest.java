package dev.rivulet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    Path root;

    private Process holder() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeldDirectory.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(output.readLine()).isEqualTo("holds it");
        return process;
    }

    @Test
    void oneRunOfThisProcessHasADirectoryAtATime() throws IOException {
        try (CheckpointDirectory first = CheckpointDirectory.open(root)) {
            assertThatThrownBy(() -> CheckpointDirectory.open(root))
                    .isExactlyInstanceOf(DirectoryInUseException.class)
                    .hasMessageContainingAll(
                            "to " + root + ": this process "
                                    + ProcessHandle.current().pid() + " on ",
                            ", since 20",
                            "choose another directory");
            new SavedRun(first, 2).save("a");
        }
        CheckpointDirectory.open(root).close();
    }

    @Test
    void aDirectoryIsTheSameByAnyPath() throws IOException {
        Path link = root.resolve("link");
        Path real = Files.createDirectory(root.resolve("real"));
        Files.createSymbolicLink(link, real);

        try (CheckpointDirectory first = CheckpointDirectory.open(link)) {
            assertThat(first.root()).isEqualTo(link);
            assertThatThrownBy(() -> CheckpointDirectory.open(real)).isInstanceOf(DirectoryInUseException.class);
        }
    }

    @Test
    void aKilledProcessHoldsNothing() throws Exception {
        Process holder = holder();
        try {
            for (int attempt = 0; attempt < 2; attempt++) { // The refused attempt must not disturb the holder's lock.
                assertThatThrownBy(() -> CheckpointDirectory.open(root))
                        .isExactlyInstanceOf(DirectoryInUseException.class)
                        .hasMessageContaining("process " + holder.pid() + " on ");
            }
        } finally {
            holder.destroyForcibly().waitFor();
        }

        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            assertThat(directory.recovery().swept()).hasSize(1);
            new SavedRun(directory, 2).save("a");
        }
    }

    @Test
    void aRefusedAttemptInThisProcessLeavesTheLockToItsHolder() throws Exception {
        try (CheckpointDirectory first = CheckpointDirectory.open(root)) {
            assertThatThrownBy(() -> CheckpointDirectory.open(root)).isInstanceOf(DirectoryInUseException.class);

            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            HeldDirectory.class.getName(),
                            first.root().toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(output)
                    .contains(
                            DirectoryInUseException.class.getName(),
                            "process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void aLinkInPlaceOfTheLockIsNotFollowed() throws IOException {
        Path precious = Files.writeString(root.resolve("precious"), "precious");
        Files.createDirectory(root.resolve(".rivulet"));
        Files.createSymbolicLink(root.resolve(".rivulet/lock"), precious);

        assertThatThrownBy(() -> CheckpointDirectory.open(root)).hasMessageContaining("cannot be written to " + root);
        assertThat(precious).hasContent("precious");
    }
}
