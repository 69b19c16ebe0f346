package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.EmptyDatasetException;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.TransformingModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with a faulty disk, faulty metrics or faulty data. */
class BadInputTest extends FitTestCase {

    /** Fewer points than one batch; incomplete batches are dropped. */
    private ArrayDataset tooFewPoints() {
        return new ArrayDataset.Builder()
                .setData(manager.ones(new Shape(3, 2)))
                .optLabels(manager.ones(new Shape(3, 1)))
                .setSampling(4, false, true)
                .build();
    }

    @Test
    void aFileInsteadOfTheDirectoryIsReportedBeforeTraining() throws IOException {
        Files.writeString(checkpoints(), "precious");
        try (TransformingModule module = new TransformingModule()) {

            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(FitException.class)
                    .hasMessageStartingWith("Training did not start: ")
                    .hasMessageContaining("Checkpoints cannot be written to " + checkpoints())
                    .hasMessageContaining("choose another one with Trainer.builder().defaultRootDir(…)");

            assertThat(checkpoints()).hasContent("precious");
        }
    }

    @Test
    void aDirectoryThatVanishesIsReportedWithItsPath() {
        try (TransformingModule module = new TransformingModule()) {
            module.when("transformed", context -> {
                if (context.epoch() == 1) {
                    delete(checkpoints());
                }
                return true;
            });

            assertThatThrownBy(() -> trainer().maxPendingSaves(0).build().fit(module, points, points))
                    .isExactlyInstanceOf(FitException.class)
                    .hasMessageContaining("Not saved: stream \"original\", epoch 1, step 8")
                    .hasMessageContaining(checkpoints() + " was deleted, moved or replaced since this run began")
                    .hasMessageContaining("Start the run again with another directory");
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFolderInsteadOfADerivedFileCostsOnlyThatFile() throws IOException {
        Path obstacle = file("transformed", 1);
        Files.createDirectories(obstacle.resolve("full"));
        try (TransformingModule module = new TransformingModule()) {

            FitResult result = trainer().stream("transformed", policy -> policy.enableVersionCounter(false))
                    .build()
                    .fit(module, points, points);

            assertThat(result.stream("transformed").failures())
                    .singleElement()
                    .satisfies(failure -> assertThat(failure.cause())
                            .isExactlyInstanceOf(IOException.class)
                            .hasMessageContaining("The checkpoint " + obstacle + " could not be written"));
            assertThat(file("transformed", 0)).exists();
            assertThat(file("original", 1)).exists();
            assertThat(temporaryFiles()).isEmpty();
        }
    }

    @Test
    void aMonitoredMetricThatIsNeverLoggedEndsTheRunAfterOtherStreamsAreSaved() {
        try (TransformingModule module = new TransformingModule()) {
            Trainer trainer = trainer().stream("transformed", policy -> policy.monitor("val_acc"))
                    .build();

            assertThatThrownBy(() -> trainer.fit(module, points, points))
                    .isExactlyInstanceOf(MissingMetricException.class)
                    .hasMessageContainingAll("\"transformed\"", "\"val_acc\"", "log(\"val_acc\", value)");

            assertThat(file("original", 0)).exists();
            assertThat(file("tail", 0)).exists();
        }
    }

    /** Logs a score per epoch, the first of which is given. */
    private static final class ScoreModule extends PlaneModule {
        private final double first;

        private ScoreModule(double first) {
            this.first = first;
        }

        @Override
        protected void validationStep(Batch batch, int batchIndex) {
            log("score", currentEpoch() == 0 ? first : currentEpoch());
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aNaNMetricRanksWorst(Mode mode) throws IOException {
        try (ScoreModule module = new ScoreModule(Double.NaN)) {
            FitResult result = trainer().stream(
                            "original",
                            policy -> policy.monitor("score").mode(mode).saveTopK(2))
                    .build()
                    .fit(module, points, points);

            assertThat(result.stream("original").kept())
                    .extracting(SavedCheckpoint::path)
                    .containsExactly(file("original", 1), file("original", 0));
            assertThat(result.stream("original").bestModelScore()).hasValue(1);
            assertThat(Checkpoints.describe(file("original", 0)).metrics()).containsEntry("score", Double.NaN);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aBetterCheckpointReplacesOneWithoutAFiniteScore(double score) {
        try (ScoreModule module = new ScoreModule(score)) {
            trainer().stream("original", policy -> policy.monitor("score"))
                    .build()
                    .fit(module, points, points);

            assertThat(files()).containsExactly("original-epoch=1-step=8.ckpt");
        }
    }

    @Test
    void infiniteMetricsAreReadBackFromTheFile() throws IOException {
        try (ScoreModule module = new ScoreModule(Double.NEGATIVE_INFINITY)) {
            FitResult result = trainer().stream("original", policy -> policy.monitor("score"))
                    .build()
                    .fit(module, points, points);

            assertThat(result.stream("original").bestModelScore()).hasValue(Double.NEGATIVE_INFINITY);
            assertThat(Checkpoints.describe(file("original", 0)).metrics())
                    .containsEntry("score", Double.NEGATIVE_INFINITY);
        }
    }

    @Test
    void aValidationIntervalLongerThanAnEpochIsRefused() {
        try (PlaneModule module = new PlaneModule()) {
            assertThatThrownBy(() -> trainer().valCheckInterval(5).build().fit(module, points, points))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("valCheckInterval is 5 batches, but an epoch has 4, so validation would never run;"
                            + " choose a smaller number.");
        }
    }

    @Test
    void anEmptyTrainingSetIsRefused() {
        try (TransformingModule module = new TransformingModule()) {
            assertThatThrownBy(() -> trainer().build().fit(module, tooFewPoints()))
                    .isExactlyInstanceOf(EmptyDatasetException.class)
                    .hasMessageStartingWith("The training data set gives no batch. Check that it is not empty");
        }
    }

    @Test
    void anEmptyTrainingSetIsRefusedInASecondFitToo() {
        try (TransformingModule module = new TransformingModule()) {
            fit(module);
            List<String> before = files();

            assertThatThrownBy(() -> trainer().build().fit(module, tooFewPoints()))
                    .isExactlyInstanceOf(EmptyDatasetException.class);

            assertThat(files()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void anEmptyValidationSetIsRefused(int sanityChecks) {
        try (TransformingModule module = new TransformingModule()) {
            assertThatThrownBy(() ->
                            trainer().numSanityValSteps(sanityChecks).build().fit(module, points, tooFewPoints()))
                    .isExactlyInstanceOf(EmptyDatasetException.class)
                    .hasMessageStartingWith("The validation data set gives no batch. Check that it is not empty");
        }
    }

    /** Returns null or an array of the wrong shape from the sixth step on, and a loss before. */
    private static final class LossModule extends PlaneModule {
        private final boolean isNull;

        private LossModule(boolean isNull) {
            this.isNull = isNull;
        }

        @Override
        @SuppressWarnings("NullAway") // Users' classes need not be null-marked.
        protected NDArray trainingStep(Batch batch, int batchIndex) {
            if (globalStep() < 5) {
                return loss(batch);
            }
            return isNull ? null : forward(new NDList(batch.getData())).singletonOrThrow();
        }
    }

    @Test
    void aNullLossIsRefusedAndNoCheckpointIsLost() {
        try (LossModule module = new LossModule(true)) {
            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("LossModule.trainingStep returned null; return the loss.");

            assertThat(files()).containsExactly("original-epoch=0-step=4.ckpt");
        }
    }

    @Test
    void aLossThatIsNotAScalarIsRefusedAndNoCheckpointIsLost() {
        try (LossModule module = new LossModule(false)) {
            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("trainingStep returned a loss of shape (4, 1), but a loss is a scalar; use mean() or"
                            + " sum().");

            assertThat(files()).containsExactly("original-epoch=0-step=4.ckpt");
        }
    }

    @Test
    void anExceptionSavesACheckpointWhereThePolicyAsksForIt() {
        try (LossModule module = new LossModule(true)) {
            assertThatThrownBy(() -> trainer().stream(
                                    "original",
                                    policy -> policy.saveOnException(true).saveLast(SaveLast.COPY))
                            .build()
                            .fit(module, points, points))
                    .hasMessageContaining("returned null");

            assertThat(files())
                    .containsExactly("last.ckpt", "original-epoch=0-step=4.ckpt", "original-epoch=1-step=5.ckpt");
        }
    }
}
