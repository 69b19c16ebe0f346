package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.LineModule;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.format.torch.TorchWriter;
import dev.rivulet.internal.lightning.LightningEntries;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.ReduceLROnPlateau;
import dev.rivulet.optim.SGD;
import dev.rivulet.policy.StreamPolicy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        Path stripped = directory.resolve("lightning.ckpt");
        try (TorchReader reader = TorchReader.open(file);
                FileChannel channel =
                        FileChannel.open(stripped, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            Map<TorchValue, TorchValue> entries = new LinkedHashMap<>(((TorchValue.Dict) reader.load()).entries());
            entries.remove(TorchValue.of(LightningEntries.OWN));
            TorchWriter.of(new TorchValue.Dict(false, entries, Map.of())).writeTo(channel);
        }
        return stripped;
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
