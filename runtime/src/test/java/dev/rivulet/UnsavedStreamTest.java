package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A run that ends well says of each stream that has saved nothing why; reads the log of a second JVM. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnsavedStreamTest {
    private String log = "";

    @BeforeAll
    void runs(@TempDir Path root) throws IOException {
        try (ChildProcess run =
                ChildProcess.jvm(List.of("-Dorg.slf4j.simpleLogger.log.dev.rivulet=info"), SilentRuns.class, root)) {
            run.toEnd();
            log = run.errors();
        }
    }

    @Test
    void saysBeforeTrainingWhatIsBeyondItsEnd() {
        assertThat(log)
                .contains("The stream \"original\" will not save: everyNTrainSteps = 100 is beyond the end of training"
                        + " (maxEpochs = 2, maxSteps = 8)")
                .contains("The stream \"averaged\" will not save: everyNEpochs = 3 is beyond the end of training");
    }

    @Test
    void saysBeforeTrainingThatNoValidationRuns() {
        assertThat(log)
                .contains("The stream \"tail\" will not save: it saves at the end of a validation, but none runs");
    }

    @Test
    void saysAtTheEndWhatWasNotDue() {
        assertThat(log)
                .contains("The stream \"original\" has saved nothing: no save was due until step 8 of epoch 1, with"
                        + " everyNTrainSteps = 100.")
                .contains("The stream \"pruned\" has saved nothing: no save was due until step 8 of epoch 1, with"
                        + " trainTimeInterval = \"PT1H\".");
    }

    @Test
    void saysAtTheEndThatTheConditionWasNeverTrue() {
        assertThat(log)
                .contains(
                        "The stream \"transformed\" has saved nothing: the condition refused 2 due saves, or failed.");
    }

    @Test
    void saysAtTheEndThatEverySaveFailed() {
        assertThat(log).contains("The stream \"half\" has saved nothing: 2 due saves failed");
    }

    @Test
    void saysThatNothingWasTrained() {
        assertThat(log).contains("The stream \"half\" has saved nothing: training had already ended.");
    }

    @Test
    void doesNotMentionStreamsThatSaved() {
        assertThat(log).doesNotContain("\"extra\" has saved nothing:").doesNotContain("\"extra\" will not save");
    }

    /** The main program of the second JVM. */
    static final class SilentRuns {
        private SilentRuns() {}

        public static void main(String[] arguments) {
            try (NDManager manager = NDManager.newBaseManager();
                    TransformingModule module = new TransformingModule()) {
                module.when("transformed", context -> false).transform("half", (weights, context) -> {
                    throw new IllegalStateException("This transform always fails.");
                });
                Trainer trainer = Trainer.builder()
                        .maxEpochs(2)
                        .maxSteps(8)
                        .defaultRootDir(Path.of(arguments[0]))
                        .stream("original", policy -> policy.everyNTrainSteps(100))
                        .stream("averaged", policy -> policy.everyNEpochs(3))
                        .stream("tail", policy -> policy.saveOnTrainEpochEnd(SaveOnTrainEpochEnd.FALSE))
                        .stream("pruned", policy -> policy.trainTimeInterval("1h"))
                        .stream("extra", policy -> policy)
                        .build();
                trainer.fit(module, Points.of(manager, 16, 4));
                Trainer.builder()
                        .maxEpochs(0)
                        .defaultRootDir(Path.of(arguments[0]).resolve("other"))
                        .build()
                        .fit(module, Points.of(manager, 16, 4));
            }
        }
    }
}
