package dev.rivulet.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.Callback;
import dev.rivulet.Checkpoint;
import dev.rivulet.LightningModule;
import dev.rivulet.LineModule;
import dev.rivulet.NotResumableException;
import dev.rivulet.Points;
import dev.rivulet.ResumableModule;
import dev.rivulet.Trainer;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.optim.Adam;
import dev.rivulet.optim.LrInterval;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.StepLR;
import dev.rivulet.proof.ResumeDifference.Kind;
import dev.rivulet.proof.ResumeReport.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of two epochs with six steps each. */
class ResumeProofTest {
    @TempDir
    Path root;

    private final NDManager manager = NDManager.newBaseManager();

    @AfterEach
    void close() {
        manager.close();
    }

    private Dataset points() {
        return SeededDataset.shuffled(Points.of(manager, 24, 4), 4, 7);
    }

    private Trainer.Builder trainer() {
        return Trainer.builder().maxEpochs(2).seed(3).defaultRootDir(root);
    }

    private ResumeProof proof(Supplier<LightningModule> module) {
        return ResumeProof.of(module, this::trainer, this::points, () -> Points.of(manager, 8, 4));
    }

    private static Optimizer adam() {
        Adam adam = Adam.builder().lr(0.05).build();
        adam.schedule(LrSchedule.of(new StepLR(4, 0.5)).every(1, LrInterval.STEP));
        return adam;
    }

    private static ResumableModule resumable() {
        return new ResumableModule(ResumeProofTest::adam);
    }

    /** The report, checked for what every report of a mistake has. */
    private static ResumeReport assertFinds(ResumeReport report, Verdict verdict, Kind kind, long step, String cause) {
        assertThat(report.verdict()).as(report.toString()).isEqualTo(verdict);
        assertThat(report.difference().orElseThrow().kind())
                .as(report.toString())
                .isEqualTo(kind);
        assertThat(report.difference().orElseThrow().step())
                .as(report.toString())
                .isEqualTo(step);
        assertThat(report.toString()).contains(cause);
        assertThatThrownBy(report::requireExact)
                .isInstanceOf(AssertionError.class)
                .hasMessage(report.toString());
        return report;
    }

    @Test
    void provesThatAModuleResumesExactly() {
        ResumeReport report = proof(ResumeProofTest::resumable).run();

        report.requireExact();
        assertThat(report.stops()).containsExactly(1, 3, 6, 9);
        assertThat(report.steps()).isEqualTo(12);
        assertThat(report.tensors()).isEqualTo(8);
        assertThat(report)
                .hasToString("Resuming is exact. A run of 12 steps in 2 epochs, stopped after steps 1, 3, 6"
                        + " and 9 and resumed each time, was the same as one that was never stopped: inputs, loss, metrics and"
                        + " 8 tensors at every step, and all of the training state at the end.");
    }

    @Test
    void provesItFromEveryStep() {
        proof(ResumeProofTest::resumable)
                .stopAt(11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
                .run()
                .requireExact();
    }

    @Test
    void provesItWhereGradientsAddUpAndValidationRunsWithinEpochs() {
        ResumeProof.of(
                        ResumeProofTest::resumable,
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
    void provesItForARunWithoutValidationThatEndsWithinAnEpoch() {
        ResumeReport report = ResumeProof.of(
                        ResumeProofTest::resumable, () -> trainer().maxSteps(8), () -> Points.of(manager, 24, 4))
                .stopAt(7)
                .run();

        report.requireExact();
        assertThat(report.steps()).isEqualTo(8);
    }

    @Test
    void provesItForStreamsWithPoliciesOfTheirOwn() {
        ResumeProof.of(
                        ResumeProofTest::resumable,
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
    void findsRandomNumbersOfTheModulesOwn() {
        ResumeReport report = proof(() -> new LineModule() {
                    private final Random noise = new Random(42);

                    @Override
                    protected NDArray inputs(Batch batch) {
                        return batch.getData().head().add(noise.nextFloat());
                    }
                })
                .stopAt(7)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.LOSS, 8, "java.util.Random of the module's own");
        assertThat(report.stops()).containsExactly(7);
        assertThat(report.difference().orElseThrow().place()).isEqualTo("batch 1 of epoch 1");
        assertThat(report.tensor().orElseThrow().tensor()).isEqualTo("weight");
        assertThat(report.tensor().orElseThrow().index()).containsExactly(0L, 0L);
    }

    @Test
    void goesOnPastAStopForTheFirstTensor() {
        ResumeReport report = proof(() -> new LineModule() {
                    private final Random noise = new Random(42);

                    @Override
                    protected NDArray inputs(Batch batch) {
                        return batch.getData().head().add(noise.nextFloat());
                    }
                })
                .stopAt(5, 6, 7)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.LOSS, 6, "java.util.Random of the module's own");
        assertThat(report.toString()).contains("First tensor to differ, after step 6: \"weight\" at [0, 0]");
    }

    @Test
    void findsAFieldThatIsNotSaved() {
        ResumeReport report = proof(() -> new LineModule() {
                    private int batches;

                    @Override
                    protected NDArray inputs(Batch batch) {
                        batches++;
                        return batch.getData().head().mul(batches > 4 ? 2 : 1);
                    }
                })
                .stopAt(2)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.LOSS, 5, "save it in @OnSaveCheckpoint");
    }

    @Test
    void findsDataThatIsChangedAtRandom() {
        ResumeReport report = ResumeProof.of(
                        LineModule::new,
                        this::trainer,
                        () -> SeededDataset.shuffled(new NoisyPoints(new Random(5)), 4, 7))
                .stopAt(4)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.INPUTS, 5, "generatorAt of NamedRandoms");
    }

    @Test
    void findsWeightsThatAreChangedAfterTheSave() {
        ResumeReport report = proof(() -> new LineModule() {
                    @Override
                    protected void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) {
                        parameters().values().forEach(parameter -> {
                            try (NDArray alias = parameter.getArray().stopGradient()) {
                                alias.muli(2);
                            }
                        });
                    }
                })
                .stopAt(4)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.WEIGHTS, 4, "onTrainBatchEnd");
    }

    @Test
    void findsGradientsThatAFieldChanges() {
        ResumeReport report = proof(() -> new LineModule() {
                    private int steps;

                    @Override
                    protected void onAfterBackward() {
                        steps++;
                        for (Parameter parameter : parameters().values()) {
                            parameter.getArray().getGradient().divi(steps);
                        }
                    }
                })
                .stopAt(4)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.WEIGHTS, 5, "onBeforeOptimizerStep");
        assertThat(report.tensor().orElseThrow().largest().orElseThrow()).isPositive();
    }

    @Test
    void findsAMetricThatDependsOnAField() {
        ResumeReport report = proof(() -> new LineModule() {
                    private int validations;

                    @Override
                    protected void onValidationEpochEnd() {
                        log("validations", validations++);
                    }
                })
                .stopAt(7)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.METRIC, 12, "or of a callback");
        assertThat(report.difference().orElseThrow().name()).isEqualTo("validations");
    }

    @Test
    void findsACallbackThatStopsByACountOfItsOwn() {
        ResumeReport report = ResumeProof.of(
                        LineModule::new,
                        () -> trainer().callbacks(new Callback() {
                            private int batches;

                            @Override
                            public void onTrainBatchEnd(
                                    Trainer trainer,
                                    LightningModule module,
                                    NDArray loss,
                                    Batch batch,
                                    int batchIndex) {
                                batches++;
                                if (batches == 8) {
                                    trainer.stop();
                                }
                            }
                        }),
                        this::points)
                .stopAt(4)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.PLACE, 8, "Trainer.stop()");
    }

    @Test
    void findsAnEntryThatIsNotRestored() {
        ResumeReport report = ResumeProof.of(
                        LineModule::new,
                        () -> trainer().callbacks(new Callback() {
                            private long batches;

                            @Override
                            public void onTrainBatchEnd(
                                    Trainer trainer,
                                    LightningModule module,
                                    NDArray loss,
                                    Batch batch,
                                    int batchIndex) {
                                batches++;
                            }

                            @Override
                            public void onSaveCheckpoint(
                                    Trainer trainer, LightningModule module, Checkpoint checkpoint) {
                                checkpoint.put("batches", batches);
                            }
                        }),
                        this::points)
                .stopAt(4)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.STATE, 12, "@OnLoadCheckpoint has to set");
        assertThat(report.toString()).contains("\"batches\" of the training state at the end: 8 instead of 12");
    }

    @Test
    void leavesOutWhatDiffersAnyway() {
        ResumeReport report = ResumeProof.of(
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

    @Test
    void saysThatARunWithoutSeedCannotBeRepeated() {
        ResumeReport report = ResumeProof.of(
                        LineModule::new, () -> Trainer.builder().maxEpochs(2), this::points)
                .run();

        assertFinds(report, Verdict.NOT_REPEATABLE, Kind.WEIGHTS, 0, "Give the trainer a seed");
    }

    @Test
    void saysThatARunWithUnseededNumbersCannotBeRepeated() {
        ResumeReport report = proof(() -> new LineModule() {
                    @Override
                    protected NDArray inputs(Batch batch) {
                        return batch.getData().head().add(Math.random());
                    }
                })
                .run();

        assertFinds(report, Verdict.NOT_REPEATABLE, Kind.LOSS, 1, "Math.random()");
    }

    @Test
    void saysThatDataInAnOrderOfItsOwnCannotBeRepeated() {
        ResumeReport report = ResumeProof.of(
                        LineModule::new,
                        this::trainer,
                        () -> SeededDataset.shuffled(new NoisyPoints(new Random()), 4, 7))
                .run();

        assertFinds(report, Verdict.NOT_REPEATABLE, Kind.INPUTS, 1, "another order");
    }

    @Test
    void refusesAnOptimizerThatKeepsItsStateToItself() {
        ResumeProof proof =
                proof(() -> new ResumableModule(() -> Optimizer.adam().build()));

        assertThatThrownBy(proof::run)
                .isInstanceOf(NotResumableException.class)
                .hasMessageContaining("use one of dev.rivulet.optim");
    }

    @Test
    void refusesAModuleThatHasBeenUsed() {
        LineModule module = new LineModule();

        assertThatThrownBy(() -> proof(() -> module).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gave the same object twice");
    }

    @Test
    void refusesStopsOutsideOfTheRun() {
        ResumeProof proof = proof(LineModule::new);

        assertThatThrownBy(() -> proof.stopAt(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("after 1 at the earliest");
        assertThatThrownBy(() -> proof.stopAt(12).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is 11.");
    }

    @Test
    void refusesARunOfOneStep() {
        assertThatThrownBy(() -> ResumeProof.of(LineModule::new, () -> trainer().maxSteps(1), this::points)
                        .run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The run has 1 optimizer steps");
    }

    @Test
    void leavesNothingBehind() throws IOException {
        List<String> before = temporary();

        proof(LineModule::new).run().requireExact();

        assertThat(root).isEmptyDirectory();
        assertThat(temporary()).isEqualTo(before);
    }

    private static List<String> temporary() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(Path::toString)
                    .filter(name -> name.contains("resume-proof"))
                    .sorted()
                    .toList();
        }
    }
}
