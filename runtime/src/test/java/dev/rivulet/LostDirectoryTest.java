package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.checkpoint.DirectoryLostException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.internal.store.CheckpointDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run whose directory is taken away notices it and ends; it never writes into that of another run. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a directory with open files can be neither moved nor deleted there")
class LostDirectoryTest extends FitTestCase {

    /** What happens to the directory after the first commit. */
    private interface Loss {
        void happen() throws IOException;
    }

    private void assertEndsAfter(String dueAlone, Loss loss) {
        Trainer trainer = trainer().stream(dueAlone, policy -> policy.everyNTrainSteps(1))
                .callbacks(new Callback() {
                    private boolean happened;

                    @Override
                    public void onCheckpointCommitted(
                            Trainer running, LightningModule trained, CommittedCheckpoint saved) {
                        try {
                            if (!happened) {
                                happened = true;
                                loss.happen();
                            }
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                })
                .build();

        assertThatThrownBy(() -> trainer.fit(new TransformingModule(), points))
                .hasRootCauseInstanceOf(DirectoryLostException.class)
                .hasStackTraceContaining("was deleted, moved or replaced");
    }

    private void moveAway() throws IOException {
        Files.move(checkpoints(), directory.resolve("moved"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"original", "half"})
    void endsWhenTheDirectoryIsGone(String stream) {
        assertEndsAfter(stream, this::moveAway);
        assertThat(checkpoints()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"original", "half"})
    void endsWhenAnotherIsInItsPlace(String stream) throws IOException {
        assertEndsAfter(stream, () -> {
            moveAway();
            Path other = directory.resolve("other");
            try (CheckpointDirectory opened = CheckpointDirectory.open(other)) {
                assertThat(opened.catalog().manifests()).isEmpty();
            }
            Files.move(other, checkpoints());
        });
        assertThat(files()).isEmpty();
        assertThat(temporaryFiles()).isEmpty();
    }

    @Test
    void endsWhenTheLockIsDeleted() {
        assertEndsAfter("original", () -> Files.delete(checkpoints().resolve(".rivulet/lock")));
    }
}
