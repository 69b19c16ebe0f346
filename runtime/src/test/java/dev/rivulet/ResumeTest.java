package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.data.SeededDataset;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that was stopped and goes on comes to the same, to the bit, as one that was never stopped. */
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
        return Points.of(manager, 8, 4);
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

    /** What a run has come to. */
    private record End(FitResult result, List<Double> losses, Map<String, String> state) {}

    private End train(Trainer.Builder trainer, Supplier<Optimizer> optimizer, Dataset train, ResumeFrom from)
            throws Exception {
        try (ResumableModule module = new ResumableModule(optimizer)) {
            FitResult result = trainer.build().fit(module, train, validation(), from);
            Path last = result.stream("original").last().orElseThrow();
            return new End(result, List.copyOf(module.losses), SavedState.in(last));
        }
    }

    private void assertResumes(
            UnaryOperator<Trainer.Builder> settings, Supplier<Optimizer> optimizer, Supplier<Dataset> data, int steps)
            throws Exception {
        End straight = train(settings.apply(trainer("straight")), optimizer, data.get(), ResumeFrom.nothing());
        train(settings.apply(trainer("resumed")).maxSteps(steps), optimizer, data.get(), ResumeFrom.nothing());
        End resumed = train(settings.apply(trainer("resumed")), optimizer, data.get(), resumeFrom("last"));

        assertThat(straight.losses()).endsWith(resumed.losses().toArray(Double[]::new));
        assertThat(resumed.losses()).isNotEmpty();
        assertThat(resumed.state()).isEqualTo(straight.state());
        assertThat(resumed.result().metrics()).isEqualTo(straight.result().metrics());
        assertThat(resumed.result().globalSteps()).isEqualTo(straight.result().globalSteps());
        assertThat(resumed.result().resumedFrom()).isPresent();
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void goesOnInTheMiddleOfAnEpochWithEachOptimizer(Supplier<Optimizer> optimizer) throws Exception {
        assertResumes(trainer -> trainer, optimizer, this::points, 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6, 7, 12, 17})
    void goesOnFromAnyStep(int steps) throws Exception {
        assertResumes(trainer -> trainer, ResumeTest::adam, this::points, steps);
    }
}
