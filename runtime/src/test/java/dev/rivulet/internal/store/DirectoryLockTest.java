package dev.rivulet.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.DirectoryInUseException;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    Path root;

    @Test
    void allowsOneRunPerDirectoryInThisProcess() throws IOException {
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
    void identifiesADirectoryByAnyPath() throws IOException {
        Path link = root.resolve("link");
        Path real = Files.createDirectory(root.resolve("real"));
        Files.createSymbolicLink(link, real);

        try (CheckpointDirectory first = CheckpointDirectory.open(link)) {
            assertThat(first.root()).isEqualTo(link);
            assertThatThrownBy(() -> CheckpointDirectory.open(real)).isInstanceOf(DirectoryInUseException.class);
        }
    }

    @Test
    void releasesTheLockOfAKilledProcess() throws Exception {
        try (ChildProcess holder = ChildProcess.jvm(HeldDirectory.class, root)) {
            assertThat(holder.readLine()).isEqualTo("locked");
            for (int attempt = 0; attempt < 2; attempt++) { // The refused attempt must not disturb the holder's lock.
                assertThatThrownBy(() -> CheckpointDirectory.open(root))
                        .isExactlyInstanceOf(DirectoryInUseException.class)
                        .hasMessageContaining("process " + holder.handle().pid() + " on ");
            }
        }

        try (CheckpointDirectory directory = CheckpointDirectory.open(root)) {
            assertThat(directory.recovery().deletedOrphans()).hasSize(1);
            new SavedRun(directory, 2).save("a");
        }
    }

    @Test
    void aRefusedAttemptInThisProcessDoesNotReleaseTheLock() throws Exception {
        try (CheckpointDirectory first = CheckpointDirectory.open(root)) {
            assertThatThrownBy(() -> CheckpointDirectory.open(root)).isInstanceOf(DirectoryInUseException.class);

            try (ChildProcess other = ChildProcess.jvm(HeldDirectory.class, first.root())) {
                assertThat(other.exitStatus()).isNotZero();
                assertThat(other.errors())
                        .contains(
                                DirectoryInUseException.class.getName(),
                                "process " + ProcessHandle.current().pid());
            }
        }
    }

    @Test
    void doesNotFollowALinkInPlaceOfTheLock() throws IOException {
        Path precious = Files.writeString(root.resolve("precious"), "precious");
        Files.createDirectory(root.resolve(".rivulet"));
        Files.createSymbolicLink(root.resolve(".rivulet/lock"), precious);

        assertThatThrownBy(() -> CheckpointDirectory.open(root)).hasMessageContaining("cannot be written to " + root);
        assertThat(precious).hasContent("precious");
    }
}
