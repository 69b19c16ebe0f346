package dev.rivulet.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Callback;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.LineModule;
import dev.rivulet.testing.ResumeDifference.Kind;
import dev.rivulet.testing.ResumeReport.Verdict;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Finds what prevents a run from resuming exactly, and names its likely cause. */
class ResumeDifferenceTest extends ResumeVerifierCase {

    @Test
    void findsTheModulesOwnRandomNumbers() {
        ResumeReport report = verifier(() -> new LineModule() {
                    private final Random noise = new Random(42);

                    @Override
                    protected NDArray inputs(Batch batch) {
                        return batch.getData().head().add(noise.nextFloat());
                    }
                })
                .stopAt(7)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.LOSS, 8, "the module's own java.util.Random");
        assertThat(report.stops()).containsExactly(7);
        assertThat(report.difference().orElseThrow().position()).isEqualTo("batch 1 of epoch 1");
        assertThat(report.tensor().orElseThrow().tensor()).isEqualTo("weight");
        assertThat(report.tensor().orElseThrow().index()).containsExactly(0L, 0L);
    }

    @Test
    void continuesPastAStopToFindTheFirstTensor() {
        ResumeReport report = verifier(() -> new LineModule() {
                    private final Random noise = new Random(42);

                    @Override
                    protected NDArray inputs(Batch batch) {
                        return batch.getData().head().add(noise.nextFloat());
                    }
                })
                .stopAt(5, 6, 7)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.LOSS, 6, "the module's own java.util.Random");
        assertThat(report.toString()).contains("First tensor to differ, after step 6: \"weight\" at [0, 0]");
    }

    @Test
    void findsAFieldThatIsNotSaved() {
        ResumeReport report = verifier(() -> new LineModule() {
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
        ResumeReport report = ResumeVerifier.of(
                        LineModule::new,
                        this::trainer,
                        () -> SeededDataset.shuffled(new NoisyPoints(new Random(5)), 4, 7))
                .stopAt(4)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.INPUTS, 5, "generatorAt of NamedRandoms");
    }

    @Test
    void findsWeightsThatAreChangedAfterTheSave() {
        ResumeReport report = verifier(() -> new LineModule() {
                    @Override
                    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) {
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
        ResumeReport report = verifier(() -> new LineModule() {
                    private int steps;

                    @Override
                    public void onAfterBackward() {
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
        ResumeReport report = verifier(() -> new LineModule() {
                    private int validations;

                    @Override
                    public void onValidationEpochEnd() {
                        log("validations", validations++);
                    }
                })
                .stopAt(7)
                .run();

        assertFinds(report, Verdict.NOT_EXACT, Kind.METRIC, 12, "or of a callback");
        assertThat(report.difference().orElseThrow().name()).isEqualTo("validations");
    }

    @Test
    void findsACallbackThatStopsByItsOwnCount() {
        ResumeReport report = ResumeVerifier.of(
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

        assertFinds(report, Verdict.NOT_EXACT, Kind.POSITION, 8, "Trainer.stop()");
    }

    @Test
    void findsAnEntryThatIsNotRestored() {
        ResumeReport report = ResumeVerifier.of(
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

        assertFinds(report, Verdict.NOT_EXACT, Kind.STATE, 12, "@OnLoadCheckpoint must set");
        assertThat(report.toString()).contains("\"batches\" of the training state at the end: 8 instead of 12");
    }
}
