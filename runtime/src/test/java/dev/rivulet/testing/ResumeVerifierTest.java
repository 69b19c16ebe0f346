package dev.rivulet.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.Callback;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.fixture.LineModule;
import dev.rivulet.fixture.Points;
import dev.rivulet.fixture.ResumableModule;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.StepLR;
import dev.rivulet.testing.ResumeDifference.Kind;
import dev.rivulet.testing.ResumeReport.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResumeVerifierTest extends ResumeVerifierCase {

    private static Optimizer adam() {
        Adam adam = Adam.builder().lr(0.05).build();
        adam.schedule(LrSchedule.of(new StepLR(4, 0.5)).every(1, LrInterval.STEP));
        return adam;
    }

    private static ResumableModule resumable() {
        return new ResumableModule(ResumeVerifierTest::adam);
    }

    @Test
    void verifiesThatAModuleResumesExactly() {
        ResumeReport report = verifier(ResumeVerifierTest::resumable).run();

        report.requireExact();
        assertThat(report.stops()).containsExactly(1, 3, 6, 9);
        assertThat(report.steps()).isEqualTo(12);
        assertThat(report.tensors()).isEqualTo(8);
        assertThat(report)
                .hasToString("Resuming is exact. A run of 12 steps in 2 epochs, stopped after steps 1, 3, 6 and 9 and"
                        + " resumed each time, was the same as one that was never stopped: inputs, loss, metrics and 8"
                        + " tensors at every step, and all of the training state at the end.");
    }

    @Test
    void verifiesEveryStep() {
        verifier(ResumeVerifierTest::resumable)
                .stopAt(11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                .run()
                .requireExact();
    }

    @Test
    void verifiesAccumulatedGradientsAndValidationWithinEpochs() {
        ResumeVerifier.of(
                        ResumeVerifierTest::resumable,
                        () -> trainer()
                                .accumulateGradBatches(4)
                                .valCheckInterval(0.5)
                                .gradientClipVal(1),
                        this::points,
                        () -> Points.of(manager, 8, 4))
                .run()
                .requireExact();
    }

    @Test
    void verifiesARunWithoutValidationThatEndsWithinAnEpoch() {
        ResumeReport report = ResumeVerifier.of(
                        ResumeVerifierTest::resumable, () -> trainer().maxSteps(8), () -> Points.of(manager, 24, 4))
                .stopAt(7)
                .run();

        report.requireExact();
        assertThat(report.steps()).isEqualTo(8);
    }

    @Test
    void verifiesStreamsWithTheirOwnPolicies() {
        ResumeVerifier.of(
                        ResumeVerifierTest::resumable,
                        () -> trainer().maxPendingSaves(0).stream(
                                "original",
                                policy -> policy.saveWeightsOnly(true).saveOnException(true))
                                .stream(
                                        "averaged",
                                        policy -> policy.everyNTrainSteps(2).monitor("train_loss"))
                                .stream(
                                        "newest",
                                        policy -> policy.everyNTrainSteps(1).saveOnException(true)),
                        this::points,
                        () -> Points.of(manager, 8, 4))
                .stopAt(3, 6)
                .run()
                .requireExact();
    }

    @Test
    void excludesWhatDiffersWithoutAStop() {
        ResumeReport report = ResumeVerifier.of(
                        LineModule::new,
                        () -> trainer().callbacks(new Callback() {
                            @Override
                            public void onSaveCheckpoint(
                                    Trainer trainer, LightningModule module, Checkpoint checkpoint) {
                                checkpoint.put("savedAt", System.nanoTime());
                            }
                        }),
                        this::points)
                .run();

        report.requireExact();
        assertThat(report.toString()).endsWith("Not compared, as they differ between two straight runs, too: savedAt.");
    }

    /** Stops when the loss was above its minimum for some steps. */
    private static class Patience implements Callback {
        private double best = Double.POSITIVE_INFINITY;
        private long waited;

        @Override
        public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int index) {
            waited = loss.getFloat() < best ? 0 : waited + 1;
            best = Math.min(best, loss.getFloat());
            if (waited == 3) {
                trainer.stop();
            }
        }
    }

    private static final class SavedPatience extends Patience {
        @Override
        public Map<String, Object> stateDict() {
            return Map.of("best", super.best, "waited", super.waited);
        }

        @Override
        public void loadStateDict(Map<String, Object> state) {
            super.best = (double) Objects.requireNonNull(state.get("best"));
            super.waited = (long) Objects.requireNonNull(state.get("waited"));
        }
    }

    private ResumeReport reportWith(Supplier<Callback> callback) {
        return ResumeVerifier.of(
                        ResumeVerifierTest::resumable,
                        () -> trainer().maxEpochs(20).callbacks(callback.get()),
                        this::points)
                .run();
    }

    @Test
    void verifiesACallbackThatStopsTraining() {
        ResumeReport report = reportWith(SavedPatience::new);

        report.requireExact();
        assertThat(report.steps()).isLessThan(20 * 6);
        assertFinds(reportWith(Patience::new), Verdict.NOT_EXACT, Kind.POSITION, report.steps(), "stateDict");
    }

    @Test
    void leavesNothingBehind() throws IOException {
        List<String> before = temporary();

        verifier(LineModule::new).run().requireExact();

        assertThat(root).isEmptyDirectory();
        assertThat(temporary()).isEqualTo(before);
    }

    private static List<String> temporary() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(Path::toString)
                    .filter(name -> name.contains("resume-verifier"))
                    .sorted()
                    .toList();
        }
    }
}
