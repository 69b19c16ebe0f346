package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.checkpoint.FileVerification;
import dev.rivulet.checkpoint.NewestCheckpoint;
import dev.rivulet.checkpoint.NoGoodCheckpointException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.StoredCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Finds checkpoints in three groups of six streams. */
class NewestCheckpointTest extends FitTestCase {

    @BeforeEach
    void train() {
        try (TransformingModule module = new TransformingModule()) {
            trainer().maxEpochs(3).build().fit(module, points, points);
        }
    }

    private static void truncate(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    }

    @Test
    void isInTheNewestGroup() throws IOException {
        assertThat(Checkpoints.newest(checkpoints(), "half"))
                .isEqualTo(new NewestCheckpoint("half", 3, file("half", 2), List.of()));
    }

    @Test
    void isFoundByManifestsAndNotByNames() throws IOException {
        Files.copy(file("half", 0), checkpoints().resolve("half-epoch=9-step=40.safetensors"));

        assertThat(Checkpoints.newest(checkpoints(), "half").file()).isEqualTo(file("half", 2));
    }

    @Test
    void skipsDamagedAndMissingCheckpoints() throws IOException {
        truncate(file("half", 2));
        Files.delete(file("half", 1));

        NewestCheckpoint newest = Checkpoints.newest(checkpoints(), "half");

        assertThat(newest.file()).isEqualTo(file("half", 0));
        assertThat(newest.skipped())
                .extracting(NewestCheckpoint.Skipped::file)
                .containsExactly(file("half", 2), file("half", 1));
        assertThat(newest.skipped().get(0).reason()).contains("half-epoch=2-step=12.safetensors");
        assertThat(newest.skipped().get(1).reason()).contains("is missing; the manifest of group 2 names it.");
    }

    @Test
    void skipsADamagedManifest() throws IOException {
        Path manifest = checkpoints().resolve(".rivulet/group-0000000003.json");
        truncate(manifest);

        NewestCheckpoint newest = Checkpoints.newest(checkpoints(), "original");

        assertThat(newest.file()).isEqualTo(file("original", 1));
        assertThat(newest.skipped()).extracting(NewestCheckpoint.Skipped::file).containsExactly(manifest);
    }

    @Test
    void isFoundInAGroupThatIsNotYetPublished() throws IOException {
        StoredCheckpoint stored =
                Catalog.read(checkpoints()).checkpoint("tail", 3).orElseThrow();
        Path blob = checkpoints().resolve(".rivulet").resolve(stored.blob().name());
        Files.move(file("tail", 2), blob);

        assertThat(Checkpoints.newest(checkpoints(), "tail").file()).isEqualTo(blob);
        assertThat(Checkpoints.verify(blob).checked()).contains(FileVerification.Part.MANIFEST);
        assertThat(Checkpoints.verifyAll(checkpoints()).isGood()).isTrue();
    }

    @Test
    void isNotFoundForAnUnknownStream() {
        assertThatThrownBy(() -> Checkpoints.newest(checkpoints(), "tial"))
                .isExactlyInstanceOf(NoGoodCheckpointException.class)
                .hasMessage(checkpoints() + " has no good checkpoint of a stream \"tial\"."
                        + " Its streams are [averaged, half, original, pruned, tail, transformed].");
    }

    @Test
    void isNotFoundWhereNothingIsGood() throws IOException {
        for (int epoch = 0; epoch < 3; epoch++) {
            Files.delete(file("tail", epoch));
        }
        assertThatThrownBy(() -> Checkpoints.newest(checkpoints(), "tail"))
                .isExactlyInstanceOf(NoGoodCheckpointException.class)
                .hasMessageContaining("Its streams are [")
                .hasMessageContaining(file("tail", 0) + " is missing")
                .hasMessageContaining(file("tail", 2) + " is missing");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThatThrownBy(() -> Checkpoints.newest(empty, "tail"))
                .hasMessage(
                        empty + " has no good checkpoint of a stream \"tail\". No stream has saved anything there.");
    }
}
