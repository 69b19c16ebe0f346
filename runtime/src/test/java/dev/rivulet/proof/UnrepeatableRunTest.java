package dev.rivulet.proof;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.LineModule;
import dev.rivulet.Trainer;
import dev.rivulet.data.SeededDataset;
import dev.rivulet.proof.ResumeDifference.Kind;
import dev.rivulet.proof.ResumeReport.Verdict;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A run that is not the same twice is told from one that does not resume. */
class UnrepeatableRunTest extends ResumeProofCase {

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
}
