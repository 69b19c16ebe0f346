package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.LightningFiles;
import dev.rivulet.fixture.LineModule;
import dev.rivulet.internal.lightning.LightningEntries;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.ReduceLROnPlateau;
import dev.rivulet.optim.SGD;
import dev.rivulet.policy.StreamPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Resumes from files with only the entries that Lightning writes. */
class LightningResumeTest extends FitTestCase {
    private final List<Long> validated = new ArrayList<>();

    /** Records the steps after which a validation runs. */
    private final Callback watching = new Callback() {
        @Override
        public void onValidationEnd(Trainer trainer, LightningModule module) {
            if (!trainer.isSanityChecking()) {
                validated.add(trainer.globalStep());
            }
        }
    };

    private Trainer.Builder trainer(UnaryOperator<StreamPolicy.Builder> policy) {
        return trainer().callbacks(watching).stream("original", declared -> policy.apply(declared.saveTopK(-1)));
    }

    private static StreamPolicy.Builder eachStep(StreamPolicy.Builder policy) {
        return policy.everyNTrainSteps(1);
    }

    /** Steps after which a run validates that resumes from a step of another run. */
    private List<Long> validatedFrom(int step, UnaryOperator<Trainer.Builder> settings) throws IOException {
        return validatedFrom(step, settings, LightningResumeTest::eachStep);
    }

    private List<Long> validatedFrom(
            int step, UnaryOperator<Trainer.Builder> settings, UnaryOperator<StreamPolicy.Builder> policy)
            throws IOException {
        try (LineModule module = new LineModule()) {
            settings.apply(trainer(policy)).build().fit(module, points, points);
        }
        Path file = asLightningWrites(file("original", (step - 1) / 4, step));
        validated.clear();
        try (LineModule module = new LineModule()) {
            settings.apply(trainer(policy))
                    .enableCheckpointing(false)
                    .build()
                    .fit(module, points, points, resumeFrom(file));
        }
        return validated;
    }

    private Path file(String stream, int epoch, int step) {
        return checkpoints().resolve(stream + "-epoch=" + epoch + "-step=" + step + ".ckpt");
    }

    private Path asLightningWrites(Path file) throws IOException {
        return LightningFiles.of(file, directory.resolve("lightning.ckpt"));
    }

    @Test
    void runsTheValidationThatIsDueAfterTheBatch() throws IOException {
        assertThat(validatedFrom(2, settings -> settings.valCheckInterval(2))).containsExactly(2L, 4L, 6L, 8L);
    }

    @Test
    void runsNoValidationThatIsNotDue() throws IOException {
        assertThat(validatedFrom(3, settings -> settings.valCheckInterval(2))).containsExactly(4L, 6L, 8L);
    }

    @Test
    void runsTheValidationAfterAnEpochsLastBatch() throws IOException {
        assertThat(validatedFrom(4, settings -> settings)).containsExactly(4L, 8L);
    }

    @Test
    void validatesWithinAnEpochFromTheSecondEpochOn() throws IOException {
        assertThat(validatedFrom(6, settings -> settings.valCheckInterval(0.5))).containsExactly(6L, 8L);
    }

    @Test
    void skipsAFractionOfTheFirstEpochBecauseItsLengthIsUnknown() throws IOException {
        assertThat(validatedFrom(2, settings -> settings.valCheckInterval(0.5))).containsExactly(4L, 6L, 8L);
    }

    @Test
    void validatesInTheConfiguredEpochs() throws IOException {
        assertThat(validatedFrom(4, settings -> settings.checkValEveryNEpoch(2)))
                .containsExactly(8L);
    }

    @Test
    void doesNotRepeatAValidation() throws IOException {
        assertThat(validatedFrom(
                        4,
                        settings -> settings,
                        policy -> policy.everyNEpochs(1).saveOnTrainEpochEnd(SaveOnTrainEpochEnd.FALSE)))
                .containsExactly(8L);
    }

    @ParameterizedTest
    @EnumSource(names = {"TRUE", "FALSE"})
    void schedulerSkipsTheStepWithoutAMetric(SaveOnTrainEpochEnd when) throws IOException {
        UnaryOperator<StreamPolicy.Builder> policy =
                declared -> declared.everyNEpochs(1).saveOnTrainEpochEnd(when);
        try (SlowingModule module = new SlowingModule()) {
            trainer(policy).build().fit(module, points, points);
            assertThat(module.optimizer.paramGroups().get(0).learningRate()).isEqualTo(0.025);
        }
        Path file = asLightningWrites(file("original", 0, 4));

        try (SlowingModule module = new SlowingModule()) {
            trainer(policy).enableCheckpointing(false).build().fit(module, points, points, resumeFrom(file));
            assertThat(module.optimizer.paramGroups().get(0).learningRate()).isEqualTo(0.05);
        }
    }

    /** The counts in hooks before the first epoch, such as on_fit_start; the sanity check counts its batches. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void trainsAllEpochsFromAFileSavedBeforeTheFirst(boolean afterSanityCheck) throws IOException {
        LoopProgress nothing = new LoopProgress(
                Position.TRAIN_END,
                0,
                new LoopProgress.Epochs(0, 0),
                new LoopProgress.Batches(-1, false, 0, 0),
                new LoopProgress.Validation(false, afterSanityCheck),
                false);
        try (LineModule module = new LineModule()) {
            trainer(LightningResumeTest::eachStep).build().fit(module, points, points);
        }
        Path file = LightningFiles.of(
                file("original", 0, 1),
                directory.resolve("lightning.ckpt"),
                entries -> entries.put(
                        "loops",
                        LightningEntries.of(new TrainingState(nothing, List.of(), List.of(), Map.of(), Map.of()))
                                .get("loops")));

        validated.clear();
        try (LineModule module = new LineModule()) {
            FitResult result = trainer(policy -> policy)
                    .enableCheckpointing(false)
                    .build()
                    .fit(module, points, points, resumeFrom(file));
            assertThat(result.epochs()).isEqualTo(2);
            assertThat(result.globalStep()).isEqualTo(8);
        }
        assertThat(validated).containsExactly(4L, 8L);
    }

    /** Lightning does not save how many batches it accumulates. */
    @Test
    void refusesAnotherNumberOfAccumulatedBatchesWithinAnEpoch() throws IOException {
        assertThat(validatedFrom(1, settings -> settings.accumulateGradBatches(2)))
                .containsExactly(2L, 4L);
        try (LineModule module = new LineModule()) {
            Trainer other = trainer(policy -> policy)
                    .enableCheckpointing(false)
                    .accumulateGradBatches(1)
                    .build();
            assertThatThrownBy(() -> other.fit(module, points, points, resumeFrom(directory.resolve("lightning.ckpt"))))
                    .isInstanceOf(NotResumableException.class)
                    .hasMessageContainingAll("its 2 batches made 1 optimizer steps", "2 with accumulateGradBatches(1)");
        }
    }

    /** Halves its learning rate after each epoch, because its metric never improves. */
    private static final class SlowingModule extends LineModule {
        private final SGD optimizer = SGD.builder().lr(0.05).build();

        SlowingModule() {
            optimizer.schedule(LrSchedule.of(
                            ReduceLROnPlateau.builder().factor(0.5).patience(0).build())
                    .monitor("constant"));
        }

        @Override
        protected Optimizer configureOptimizers() {
            return optimizer;
        }

        @Override
        protected void validationStep(Batch batch, int batchIndex) {
            log("constant", 1);
        }
    }
}
