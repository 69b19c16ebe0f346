package dev.rivulet.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Trainer;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.fixture.LineModule;
import dev.rivulet.testing.ResumeDifference.Kind;
import dev.rivulet.testing.ResumeReport.Verdict;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Distinguishes a run that is not repeatable from one that does not resume. */
class UnrepeatableRunTest extends ResumeVerifierCase {

    @Test
    void reportsARunWithoutSeed() {
        ResumeReport report = ResumeVerifier.of(
                        LineModule::new, () -> Trainer.builder().maxEpochs(2), this::points)
                .run();

        assertFinds(report, Verdict.NOT_REPEATABLE, Kind.WEIGHTS, 0, "Give the trainer a seed");
    }

    @Test
    void reportsUnseededRandomNumbers() {
        ResumeReport report = verifier(() -> new LineModule() {
                    @Override
                    protected NDArray inputs(Batch batch) {
                        return batch.getData().head().add(Math.random());
                    }
                })
                .run();

        assertFinds(report, Verdict.NOT_REPEATABLE, Kind.LOSS, 1, "Math.random()");
    }

    @Test
    void reportsDataInAnUnseededOrder() {
        ResumeReport report = ResumeVerifier.of(
                        LineModule::new,
                        this::trainer,
                        () -> SeededDataset.shuffled(new NoisyPoints(new Random()), 4, 7))
                .run();

        assertFinds(report, Verdict.NOT_REPEATABLE, Kind.INPUTS, 1, "another order");
    }
}
