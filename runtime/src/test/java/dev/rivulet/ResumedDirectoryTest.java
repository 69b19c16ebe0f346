package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.ScriptedModule;
import dev.rivulet.policy.FilenameStyle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    private Trainer.Builder cadences(int originalEvery) {
        return steps(24).maxPendingSaves(0).stream(
                "original",
                policy -> policy.filename("{step}")
                        .everyNTrainSteps(originalEvery)
                        .saveTopK(1)
                        .saveLast(SaveLast.LINK))
                .stream(
                        "halved",
                        policy -> policy.filename("half-{step}")
                                .filenameStyle(FilenameStyle.DEFAULT
                                        .withLast("half-last")
                                        .withBest("half-best"))
                                .everyNTrainSteps(3)
                                .monitor("v")
                                .saveTopK(2)
                                .keepEveryNth(2)
                                .saveLast(SaveLast.COPY)
                                .saveBest(SaveBest.COPY))
                .stream(
                        "weights",
                        policy -> policy.filename("weights").everyNTrainSteps(2).saveWeightsOnly(true));
    }

    /** Stops in the training step after the given one. */
    private void stopAfter(int step, Trainer.Builder trainer, ResumeFrom from) {
        int calls = Math.max(0, 1 + step / 4 + 3 * step + 1);
        try (ScriptedModule module = new ScriptedModule(ResumedDirectoryTest::score, calls)) {
            assertThatThrownBy(() -> trainer.build().fit(module, points, from)).hasMessage(ScriptedModule.STOP);
        }
    }

    private static long score(long step) {
        return step * 7 % 24;
    }

    private Map<String, Long> stepsByFile() throws IOException {
        Map<String, Long> steps = new TreeMap<>();
        for (String file : files()) {
            steps.put(file, Checkpoints.describe(file(file)).globalStep());
        }
        return steps;
    }

    private Map<String, Long> straight() throws IOException {
        try (ScriptedModule module = new ScriptedModule(ResumedDirectoryTest::score, Long.MAX_VALUE)) {
            cadences(10).defaultRootDir(directory.resolve("straight")).build().fit(module, points);
        }
        Path straight = directory.resolve("straight/checkpoints");
        Map<String, Long> steps = new TreeMap<>();
        try (Stream<Path> files = Files.list(straight)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                steps.put(
                        file.getFileName().toString(),
                        Checkpoints.describe(file).globalStep());
            }
        }
        return steps;
    }

    private Map<String, Long> toTheEnd() throws IOException {
        try (ScriptedModule module = new ScriptedModule(ResumedDirectoryTest::score, Long.MAX_VALUE)) {
            cadences(10).build().fit(module, points, resumeFrom("auto"));
        }
        return stepsByFile();
    }

    @Test
    void streamsWithOtherCadencesContinueAsWithoutAStop() throws IOException {
        stopAfter(19, cadences(10), ResumeFrom.nothing());
        assertThat(stepsByFile()).containsKeys("step=10.ckpt", "half-step=18.safetensors");
        assertThat(toTheEnd()).isEqualTo(straight());
    }

    @Test
    void aRunThatStoppedBeforeItsFirstOriginalStartsAgainUnderTheSameNames() throws IOException {
        stopAfter(7, cadences(10), resumeFrom("auto"));
        assertThat(stepsByFile()).containsKeys("half-last.safetensors", "half-best.safetensors", "weights.ckpt");
        assertThat(toTheEnd()).isEqualTo(straight());
    }

    @Test
    void committedFilesStayUntilTheirStepsAreSavedAgain() throws IOException {
        stopAfter(8, cadences(10), resumeFrom("auto"));
        stopAfter(4, cadences(10), resumeFrom("auto"));
        assertThat(stepsByFile()).containsEntry("half-step=3.safetensors", 3L).containsKey("half-step=6.safetensors");
    }

    private Trainer.Builder savingOnException(boolean onException) {
        return steps(8).maxPendingSaves(0).stream(
                "original",
                policy -> policy.everyNTrainSteps(5).saveLast(SaveLast.COPY).saveOnException(onException));
    }

    private Map<String, Long> originals() throws IOException {
        Map<String, Long> originals = stepsByFile();
        originals.keySet().removeIf(file -> file.startsWith("halved"));
        return originals;
    }

    @Test
    void exceptionCheckpointAndItsLastAreGoneWhenTrainingHasPassedThem() throws IOException {
        stopAfter(6, savingOnException(true), ResumeFrom.nothing());
        assertThat(originals()).isEqualTo(Map.of("step=5.ckpt", 5L, "step=6.ckpt", 6L, "last.ckpt", 6L));
        fit(savingOnException(true), resumeFrom("auto"));
        assertThat(originals()).isEqualTo(Map.of("step=5.ckpt", 5L, "last.ckpt", 5L));
    }

    @Test
    void exceptionCheckpointOfTheLastStepIsGoneAtTheEnd() throws IOException {
        Trainer.Builder neverDue = steps(4).maxPendingSaves(0).stream(
                "original",
                policy -> policy.everyNTrainSteps(9).saveLast(SaveLast.COPY).saveOnException(true));
        try (ScriptedModule module = new ScriptedModule(step -> step, 13)) {
            assertThatThrownBy(() -> neverDue.build().fit(module, points)).hasMessage(ScriptedModule.STOP);
        }
        assertThat(originals()).isEqualTo(Map.of("step=4.ckpt", 4L, "last.ckpt", 4L));
        fit(neverDue, resumeFrom("auto"));
        assertThat(originals()).isEqualTo(Map.of("last.ckpt", 4L));
    }

    @Test
    void exceptionCheckpointCanBeResumedFromUntilTrainingHasPassedIt() throws IOException {
        stopAfter(6, savingOnException(true), ResumeFrom.nothing());
        stopAfter(-1, savingOnException(false), resumeFrom("auto"));
        assertThat(originals()).isEqualTo(Map.of("step=5.ckpt", 5L, "step=6.ckpt", 6L, "last.ckpt", 5L));
        stopAfter(-1, savingOnException(true), resumeFrom("last"));
        assertThat(originals()).isEqualTo(Map.of("step=5.ckpt", 5L, "step=6.ckpt", 6L, "last.ckpt", 6L));
    }

    @Test
    void damagedExceptionCheckpointLeavesTheCheckpointsBeforeIt() throws IOException {
        stopAfter(6, savingOnException(true), ResumeFrom.nothing());
        for (String damaged : List.of("step=6.ckpt", "last.ckpt")) {
            Files.write(file(damaged), new byte[1000]);
        }
        stopAfter(-1, savingOnException(false), resumeFrom("auto"));
        assertThat(originals()).isEqualTo(Map.of("step=5.ckpt", 5L, "last.ckpt", 5L));
    }

    @Test
    void exceptionCheckpointResumedFromByItsPathIsKept() throws IOException {
        stopAfter(6, savingOnException(true), ResumeFrom.nothing());
        fit(savingOnException(true), resumeFrom(file("step=6.ckpt")));
        assertThat(originals()).isEqualTo(Map.of("step=5.ckpt", 5L, "step=6.ckpt", 6L, "last.ckpt", 5L));
    }

    @ParameterizedTest
    @EnumSource(value = SaveLast.class, names = "OFF", mode = EnumSource.Mode.EXCLUDE)
    void pointersMoveOnAlthoughTheirFileWasDeleted(SaveLast saveLast) throws IOException {
        Trainer.Builder trainer = trainer().maxPendingSaves(0).stream(
                "original",
                policy -> policy.filename("{step}")
                        .everyNTrainSteps(1)
                        .monitor("v")
                        .saveTopK(2)
                        .saveLast(saveLast)
                        .saveBest(SaveBest.LINK));
        fit(trainer.maxEpochs(-1).maxSteps(4), ResumeFrom.nothing());
        Files.delete(file("step=1.ckpt"));
        Files.deleteIfExists(file("step=4.ckpt"));
        fit(trainer.maxSteps(6), resumeFrom("last"));
        assertThat(files()).filteredOn(name -> name.contains("-v1")).isEmpty();
        assertThat(Checkpoints.describe(file("last.ckpt")).globalStep()).isEqualTo(6);
        assertThat(file("best.ckpt")).exists();
    }

    @Test
    void rankingStartsFreshWithAnotherMonitor() {
        Trainer.Builder trainer = trainer().stream(
                "original",
                policy -> policy.filename("{step}")
                        .everyNTrainSteps(1)
                        .monitor("v")
                        .saveTopK(2));
        fit(trainer.maxEpochs(-1).maxSteps(4), ResumeFrom.nothing());
        FitResult result =
                fit(trainer.maxSteps(6).stream("original", policy -> policy.mode(Mode.MAX)), resumeFrom("last"));
        assertThat(steps(result.stream("original"))).containsExactly(5L, 6L);
        assertThat(files()).contains("step=1.ckpt", "step=2.ckpt");
    }
}
