package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.optim.Adagrad;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.AdamW;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.RMSprop;
import dev.rivulet.optim.ReduceLROnPlateau;
import dev.rivulet.optim.SGD;
import dev.rivulet.optim.StepLR;
import dev.rivulet.optim.TorchOptimizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stopped and resumed run ends bit for bit like one that was never stopped. */
@Tag("slow")
class ResumeTest {
    private static final int BATCHES = 6;
    private static final int EPOCHS = 3;

    @TempDir
    Path root;

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    private static Optimizer scheduled(TorchOptimizer optimizer, LrSchedule schedule) {
        optimizer.schedule(schedule);
        return optimizer;
    }

    private static Optimizer adam() {
        return scheduled(
                Adam.builder().lr(0.05).build(),
                LrSchedule.of(new StepLR(4, 0.5)).every(1, LrInterval.STEP));
    }

    static Stream<Supplier<Optimizer>> optimizers() {
        return Stream.of(
                ResumeTest::adam,
                () -> AdamW.builder().lr(0.05).amsgrad(true).build(),
                () -> scheduled(
                        SGD.builder().lr(0.05).momentum(0.9).nesterov(true).build(),
                        LrSchedule.of(ReduceLROnPlateau.builder().patience(0).build())
                                .monitor("val_loss")),
                () -> RMSprop.builder().lr(0.01).momentum(0.5).centered(true).build(),
                () -> Adagrad.builder().lr(0.1).lrDecay(0.01).build());
    }

    private Dataset points() {
        return SeededDataset.shuffled(Points.of(manager, 4 * BATCHES, 4), 4, 7);
    }

    private Dataset validation() {
        return Points.shuffled(manager, 8, 4);
    }

    private Trainer.Builder trainer(String directory) {
        return Trainer.builder()
                .maxEpochs(EPOCHS)
                .seed(3)
                .enableProgressBar(false)
                .defaultRootDir(root.resolve(directory))
                .stream(
                        "original",
                        policy -> policy.everyNTrainSteps(1).saveTopK(-1).saveLast(SaveLast.LINK));
    }

    /** The end of a run. */
    private record End(FitResult result, List<Double> losses, Map<String, String> state) {}

    private End train(Trainer.Builder trainer, Supplier<Optimizer> optimizer, Dataset train, ResumeFrom from)
            throws Exception {
        try (ResumableModule module = new ResumableModule(optimizer)) {
            FitResult result = trainer.build().fit(module, train, validation(), from);
            Path last = result.stream("original").last().orElseThrow();
            return new End(result, List.copyOf(module.losses), CheckpointValues.in(last));
        }
    }

    /** Stops and resumes a run, and compares it with one that is not stopped. */
    private void assertResumes(
            UnaryOperator<Trainer.Builder> settings,
            UnaryOperator<Trainer.Builder> stop,
            Supplier<Optimizer> optimizer,
            Supplier<Dataset> data)
            throws Exception {
        End straight = train(settings.apply(trainer("straight")), optimizer, data.get(), ResumeFrom.nothing());
        stop(stop.apply(settings.apply(trainer("resumed"))), optimizer, data.get());
        End resumed = train(settings.apply(trainer("resumed")), optimizer, data.get(), resumeFrom("last"));

        assertThat(straight.losses()).endsWith(resumed.losses().toArray(Double[]::new));
        assertThat(straight.losses()).hasSizeGreaterThan(resumed.losses().size());
        assertThat(resumed.state()).isEqualTo(straight.state());
        assertThat(resumed.result().metrics()).isEqualTo(straight.result().metrics());
        assertThat(resumed.result().globalStep()).isEqualTo(straight.result().globalStep());
        assertThat(resumed.result().epochs()).isEqualTo(straight.result().epochs());
        assertThat(resumed.result().resumedFrom()).isPresent();
    }

    private void stop(Trainer.Builder trainer, Supplier<Optimizer> optimizer, Dataset data) {
        try (ResumableModule module = new ResumableModule(optimizer)) {
            trainer.build().fit(module, data, validation());
        } catch (FitException e) {
            assertThat(e).hasCauseInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static UnaryOperator<Trainer.Builder> atStep(int step) {
        return trainer -> trainer.maxSteps(step);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void resumesInTheMiddleOfAnEpochWithEachOptimizer(Supplier<Optimizer> optimizer) throws Exception {
        assertResumes(trainer -> trainer, atStep(8), optimizer, this::points);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6, 7, 12, 17})
    void resumesFromAnyStep(int step) throws Exception {
        assertResumes(trainer -> trainer, atStep(step), ResumeTest::adam, this::points);
    }

    @ParameterizedTest
    @EnumSource(SaveOnTrainEpochEnd.class)
    void resumesFromTheEndOfAnEpochOrOfItsValidation(SaveOnTrainEpochEnd when) throws Exception {
        assertResumes(
                trainer -> trainer.stream(
                        "original",
                        policy -> policy.everyNEpochs(1).everyNTrainSteps(0).saveOnTrainEpochEnd(when)),
                trainer -> trainer.maxEpochs(2),
                ResumeTest::adam,
                this::points);
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 8, 9})
    void resumesAroundAValidationInTheMiddleOfAnEpoch(int step) throws Exception {
        assertResumes(trainer -> trainer.valCheckInterval(2), atStep(step), ResumeTest::adam, this::points);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4})
    void resumesWhileGradientsAccumulate(int batch) throws Exception {
        assertResumes(
                trainer -> savingOnException(trainer.accumulateGradBatches(4)),
                trainer -> trainer.callbacks(new Stop(1, batch, -1)),
                ResumeTest::adam,
                this::points);
    }

    /**
     * The second run accumulates onto gradients of the first, so its save must also drop the first run's batches of
     * that step.
     */
    @Test
    void repeatsExactlyTheStepOfAFailedBatch() throws Exception {
        stop(
                savingOnException(trainer("run").accumulateGradBatches(3)).callbacks(new Stop(1, 3, -1)),
                ResumeTest::adam,
                points());
        Callback failing = new Callback() {
            @Override
            public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
                assertThat(batchIndex).isEqualTo(4);
                throw new ArithmeticException("a failing batch");
            }
        };
        assertThatThrownBy(() -> train(
                        savingOnException(trainer("run").accumulateGradBatches(3))
                                .callbacks(failing),
                        ResumeTest::adam,
                        points(),
                        resumeFrom("last")))
                .isInstanceOf(ArithmeticException.class);

        End end = train(
                savingOnException(trainer("run").accumulateGradBatches(3)),
                ResumeTest::adam,
                points(),
                resumeFrom("last"));

        assertThat(end.losses()).hasSize(3 + BATCHES);
        assertThat(end.result().globalStep()).isEqualTo(EPOCHS * 2);
    }

    @Test
    void savesAccumulatedGradients() throws Exception {
        stop(
                savingOnException(trainer("run").accumulateGradBatches(4)).callbacks(new Stop(1, 4, -1)),
                ResumeTest::adam,
                points());

        assertThat(CheckpointValues.in(root.resolve("run/checkpoints/last.ckpt")))
                .containsKey("/rivulet/training/gradients/0.weight");
    }

    private static Trainer.Builder savingOnException(Trainer.Builder trainer) {
        return trainer.stream(
                "original", policy -> policy.everyNTrainSteps(0).everyNEpochs(1).saveOnException(true));
    }

    @Test
    void resumesADatasetThatShufflesItself() throws Exception {
        assertResumes(trainer -> trainer, atStep(8), ResumeTest::adam, () -> Points.shuffled(manager, 4 * BATCHES, 4));
    }

    @Test
    void resumesAfterAnInterruptedBatch() throws Exception {
        assertResumes(
                trainer -> trainer.stream(
                        "original",
                        policy -> policy.everyNTrainSteps(0).everyNEpochs(1).saveOnException(true)),
                trainer -> trainer.callbacks(new Stop(1, 2, -1)),
                ResumeTest::adam,
                this::points);
    }

    /** Validation shuffles, so it has drawn random numbers when it is interrupted. */
    @Test
    void resumesAfterAnInterruptedValidation() throws Exception {
        assertResumes(
                trainer -> trainer.stream(
                        "original",
                        policy -> policy.everyNTrainSteps(0).everyNEpochs(1).saveOnException(true)),
                trainer -> trainer.callbacks(new Stop(1, -1, 0)),
                ResumeTest::adam,
                this::points);
    }

    /** The second module freezes nothing: the checkpoint records the frozen parameters. */
    @Test
    void keepsFrozenParametersFrozen() throws Exception {
        try (ResumableModule module = new ResumableModule(ResumeTest::adam) {
            @Override
            protected Block configureModel() {
                Block model = super.configureModel();
                model.getChildren().valueAt(0).freezeParameters(true);
                return model;
            }
        }) {
            trainer("run").maxSteps(8).build().fit(module, points(), validation());
        }
        Map<String, String> before = CheckpointValues.in(root.resolve("run/checkpoints/last.ckpt"));

        Map<String, String> after = train(trainer("run"), ResumeTest::adam, points(), resumeFrom("last"))
                .state();

        assertThat(after).containsEntry("/state_dict/0.weight", before.get("/state_dict/0.weight"));
        assertThat(after.get("/state_dict/4.weight")).isNotEqualTo(before.get("/state_dict/4.weight"));
    }

    @Test
    void savesHyperParametersWherePythonLooksForThem() throws Exception {
        try (ResumableModule module = new ResumableModule(ResumeTest::adam) {
            @Override
            protected Map<String, Object> hyperParameters() {
                return Map.of("units", 8);
            }
        }) {
            trainer("run").maxSteps(1).build().fit(module, points(), validation());
        }

        assertThat(CheckpointValues.in(root.resolve("run/checkpoints/last.ckpt")))
                .containsEntry("/hyper_parameters/units", "8")
                .containsEntry("/hparams_name", "kwargs");
    }

    /** Interrupts the run in an epoch, at the end of a training batch or of a validation batch. */
    private record Stop(int epoch, int trainBatch, int validationBatch) implements Callback {
        @Override
        public void onTrainBatchEnd(
                Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
            if (trainer.currentEpoch() == epoch && batchIndex == trainBatch) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onValidationBatchEnd(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
            if (trainer.currentEpoch() == epoch && batchIndex == validationBatch && !trainer.isSanityChecking()) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
