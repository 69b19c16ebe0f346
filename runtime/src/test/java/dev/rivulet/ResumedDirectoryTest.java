package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.SaveLast;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.ScriptedModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A run that resumes in a directory deletes only the files it adopted, when its policy requires it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links to files take a privilege there")
class ResumedDirectoryTest extends FitTestCase {

    private Trainer.Builder steps(int maxSteps) {
        return trainer().maxEpochs(-1).maxSteps(maxSteps).enableProgressBar(false).stream(
                "original", policy -> policy.filename("{step}").everyNTrainSteps(1));
    }

    private FitResult fit(Trainer.Builder trainer, ResumeFrom from) {
        try (ScriptedModule module = new ScriptedModule(step -> step, Long.MAX_VALUE)) {
            return trainer.build().fit(module, points, from);
        }
    }

    private Path file(String name) {
        return checkpoints().resolve(name);
    }

    @Test
    void fileResumedFromIsKept() {
        fit(steps(2), ResumeFrom.nothing());
        FitResult result = fit(steps(4), resumeFrom(file("step=2.ckpt")));
        assertThat(files()).contains("step=2.ckpt", "step=4.ckpt").doesNotContain("step=3.ckpt");
        assertThat(steps(result.stream("original"))).containsExactly(4L);
    }

    @Test
    void lastIsReplacedHoweverOftenARunResumes() {
        for (int steps = 1; steps <= 4; steps++) {
            fit(
                    steps(steps).stream(
                            "original",
                            policy -> policy.filename("{step}")
                                    .everyNTrainSteps(1)
                                    .saveLast(SaveLast.LINK)),
                    resumeFrom("auto"));
            assertThat(files())
                    .filteredOn(name -> !name.startsWith("halved"))
                    .containsExactly("last.ckpt", "step=" + steps + ".ckpt");
        }
    }

    @Test
    void lastIsWrittenInADirectoryWhereNothingWasSaved() {
        fit(
                steps(2).stream(
                        "original",
                        policy -> policy.dirpath("old").filename("{step}").everyNTrainSteps(2)),
                ResumeFrom.nothing());
        fit(
                steps(3).stream(
                        "original",
                        policy -> policy.dirpath("new").everyNTrainSteps(9).saveLast(SaveLast.COPY)),
                resumeFrom(file("old/step=2.ckpt")));
        assertThat(file("old/step=2.ckpt")).exists();
        assertThat(file("new/last.ckpt")).exists();
    }

    @Test
    void resumingFromAnOlderCheckpointRetainsTheNewerOnes() {
        fit(
                steps(3).stream(
                        "original",
                        policy -> policy.filename("{step}").everyNTrainSteps(1).saveTopK(-1)),
                ResumeFrom.nothing());
        FitResult result = fit(
                steps(3).stream(
                        "original",
                        policy -> policy.filename("{step}").everyNTrainSteps(1).saveTopK(-1)),
                resumeFrom(file("step=1.ckpt")));
        assertThat(files()).contains("step=1.ckpt", "step=2.ckpt", "step=2-v1.ckpt", "step=3.ckpt", "step=3-v1.ckpt");
        assertThat(steps(result.stream("original"))).containsExactly(1L, 2L, 2L, 3L, 3L);
    }

    @Test
    void unownedFileWithTheNextNameIsLeftAlone() throws IOException {
        fit(steps(1), ResumeFrom.nothing());
        Files.writeString(file("step=2.ckpt"), "mine");
        FitResult result = fit(steps(2), resumeFrom("auto"));
        assertThat(file("step=2.ckpt")).hasContent("mine");
        assertThat(result.stream("original").bestModelPath()).isEqualTo(file("step=2-v1.ckpt"));
    }

    @Test
    void streamThatIsNoLongerDeclaredKeepsItsFilesAndRetentionState() {
        Trainer.Builder two = steps(2).stream(
                "second",
                policy -> policy.filename("second-{step}").everyNTrainSteps(1).saveTopK(1));
        fit(two, ResumeFrom.nothing());
        fit(steps(3), resumeFrom("auto"));
        assertThat(files()).contains("second-step=2.ckpt");
        FitResult result = fit(two.maxSteps(4), resumeFrom("auto"));
        assertThat(files()).contains("second-step=4.ckpt").doesNotContain("second-step=2.ckpt");
        assertThat(steps(result.stream("second"))).containsExactly(4L);
    }

    @Test
    void saveDueAfterTheExceptionCheckpointIsMadeAfterResuming() {
        Trainer.Builder epochs = trainer().enableProgressBar(false).stream(
                "original",
                policy -> policy.filename("{epoch}")
                        .monitor("w")
                        .saveTopK(-1)
                        .saveLast(SaveLast.LINK)
                        .saveOnException(true));
        try (ScriptedModule stopping = new ScriptedModule(step -> step, 13)) {
            assertThatThrownBy(() -> epochs.build().fit(stopping, points, points))
                    .hasMessage(ScriptedModule.STOP);
        }
        assertThat(files()).containsExactly("epoch=0.ckpt", "last.ckpt");
        try (ScriptedModule module = new ScriptedModule(step -> step, Long.MAX_VALUE)) {
            FitResult result = epochs.build().fit(module, points, points, resumeFrom("auto"));
            assertThat(steps(result.stream("original"))).containsExactly(4L, 8L);
        }
    }

    @Test
    void otherRunsInTheDirectoryKeepTheirFiles() {
        fit(steps(2), ResumeFrom.nothing());
        fit(steps(3), ResumeFrom.nothing());
        FitResult result = fit(steps(5), resumeFrom(file("step=2.ckpt")));
        assertThat(files()).contains("step=2.ckpt", "step=3.ckpt", "step=5.ckpt");
        assertThat(steps(result.stream("original"))).containsExactly(5L);
    }

    @Test
    void anotherDirectoryOfTheStreamIsLeftAlone() {
        fit(
                steps(2).stream(
                        "original",
                        policy -> policy.dirpath("old").filename("{step}").everyNTrainSteps(1)),
                ResumeFrom.nothing());
        FitResult result = fit(steps(4), resumeFrom("auto"));
        assertThat(file("old/step=2.ckpt")).exists();
        assertThat(steps(result.stream("original"))).containsExactly(4L);
    }
}
