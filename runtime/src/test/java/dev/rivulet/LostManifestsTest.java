package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.optim.Adam;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without its manifests, a directory still says what it holds: every file describes itself. */
class LostManifestsTest extends FitTestCase {

    @BeforeEach
    void train() {
        fit(2, ResumeFrom.nothing());
    }

    private FitResult fit(int maxEpochs, ResumeFrom resumeFrom) {
        try (ResumableModule module = new ResumableModule(() -> Adam.builder().build())) {
            return trainer().maxEpochs(maxEpochs).stream(
                            "original", policy -> policy.saveTopK(-1).saveLast(SaveLast.COPY))
                    .build()
                    .fit(module, points, points, resumeFrom);
        }
    }

    private List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(checkpoints().resolve(".rivulet"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private void loseFolder() throws IOException {
        for (Path manifest : manifests()) {
            Files.delete(manifest);
        }
        Files.delete(checkpoints().resolve(".rivulet/lock"));
        Files.delete(checkpoints().resolve(".rivulet"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "last"})
    void resumesFromTheNewestFileWithoutTheFolder(String from) throws IOException {
        loseFolder();

        FitResult resumed = fit(3, resumeFrom(from));

        assertThat(resumed.globalStep()).isEqualTo(12);
        assertThat(resumed.resumedFrom().orElseThrow().getFileName()).hasToString("last.ckpt");
        assertThat(files()).contains("original-epoch=0-step=4.ckpt", "original-epoch=1-step=8.ckpt");
        assertThat(fit(4, resumeFrom("auto")).resumedFrom().orElseThrow().getFileName())
                .hasToString("last-v1.ckpt");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void resumesFromTheNewestFileWithDamagedManifests(int good) throws IOException {
        for (Path manifest : manifests().subList(good, 2)) {
            Files.writeString(manifest, "damaged");
        }

        FitResult resumed = fit(3, resumeFrom("auto"));

        assertThat(resumed.resumedFrom().orElseThrow().getFileName()).hasToString("last.ckpt");
        assertThat(resumed.globalStep()).isEqualTo(12);
    }

    @Test
    void aCopyNamedLastCountsAsWhatItSaysItIs() throws IOException {
        Files.writeString(manifests().get(1), "damaged");
        Files.delete(file("original", 0));
        Files.delete(file("original", 1));

        assertThat(fit(3, resumeFrom("auto")).resumedFrom().orElseThrow().getFileName())
                .hasToString("last.ckpt");
    }

    @Test
    void skipsDamagedFiles() throws IOException {
        loseFolder();
        Files.delete(checkpoints().resolve("last.ckpt"));
        Files.writeString(file("original", 1), "damaged");

        assertThat(fit(3, resumeFrom("auto")).resumedFrom()).contains(file("original", 0));
    }

    @Test
    void doesNotStartFreshBesideDerivedCheckpoints() throws IOException {
        loseFolder();
        for (String name : files()) {
            if (name.endsWith(".ckpt")) {
                Files.delete(checkpoints().resolve(name));
            }
        }

        assertThatThrownBy(() -> fit(3, resumeFrom("auto")))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContaining("fit without resumeFrom")
                .hasMessageContaining("averaged");
    }
}
