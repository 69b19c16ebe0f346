package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.LineModule;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Refuses to resume in the middle of an epoch with data or settings that count its batches differently. */
class ResumeCountingTest extends FitTestCase {

    /** Sixteen points in batches of four, unless changed. */
    private Dataset points(int records, int batchSize, boolean shuffled) {
        NDArray x = manager.arange(16f).reshape(16, 1).get("0:" + records);
        return new ArrayDataset.Builder()
                .setData(x)
                .optLabels(x.mul(2))
                .setSampling(batchSize, shuffled)
                .build();
    }

    private FitResult fit(Dataset data, ResumeFrom from, UnaryOperator<Trainer.Builder> settings) {
        Trainer.Builder trainer = trainer().stream("original", policy -> policy.everyNTrainSteps(1));
        try (LineModule module = new LineModule()) {
            return settings.apply(trainer).build().fit(module, data, from);
        }
    }

    private void stopAfter(int steps, UnaryOperator<Trainer.Builder> settings) {
        fit(points(16, 4, false), ResumeFrom.nothing(), trainer -> settings.apply(trainer.maxSteps(steps)));
    }

    static Stream<Arguments> otherData() {
        return Stream.of(
                Arguments.of(16, 8, false, "batches of 8 of 16 records"),
                Arguments.of(12, 4, false, "batches of 4 of 12 records"),
                Arguments.of(16, 4, true, "the first with the records"));
    }

    @ParameterizedTest
    @MethodSource("otherData")
    void refusesOtherBatchesWithinAnEpoch(int records, int batchSize, boolean shuffled, String now) {
        stopAfter(3, trainer -> trainer);

        assertThatThrownBy(() ->
                        fit(points(records, batchSize, shuffled), resumeFrom("last"), trainer -> trainer.maxSteps(8)))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContainingAll(
                        "step=3.ckpt",
                        "in the middle of an epoch",
                        "batches of 4 of 16 records, the first with the records [0, 1, 2, 3]",
                        now);
    }

    @ParameterizedTest
    @MethodSource("otherData")
    void continuesWithOtherDataAtTheEndOfAnEpoch(int records, int batchSize, boolean shuffled, String now) {
        stopAfter(4, trainer -> trainer);

        assertThat(fit(points(records, batchSize, shuffled), resumeFrom("last"), trainer -> trainer)
                        .epochs())
                .isEqualTo(2);
    }

    @Test
    void shuffledDataOfTheSameSeedResumes() {
        fit(points(16, 4, true), ResumeFrom.nothing(), trainer -> trainer.maxSteps(3));

        assertThat(fit(points(16, 4, true), resumeFrom("last"), trainer -> trainer)
                        .globalStep())
                .isEqualTo(8);
    }

    @Test
    void refusesAnotherNumberOfAccumulatedBatchesWithinAnEpoch() {
        stopAfter(1, trainer -> trainer.accumulateGradBatches(2));

        assertThatThrownBy(() ->
                        fit(points(16, 4, false), resumeFrom("last"), trainer -> trainer.accumulateGradBatches(3)))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContainingAll("step=1.ckpt", "accumulateGradBatches was 2, and is 3", "end of an epoch");
    }

    @Test
    void refusesAnotherLimitOfBatchesWithinAnEpoch() {
        stopAfter(2, trainer -> trainer);

        assertThatThrownBy(() -> fit(points(16, 4, false), resumeFrom("last"), trainer -> trainer.limitTrainBatches(3)))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContaining("limitTrainBatches was not set, and is 3");
    }

    @Test
    void continuesWithOtherSettingsAtTheEndOfAnEpoch() {
        stopAfter(4, trainer -> trainer);

        assertThat(fit(
                                points(16, 4, false),
                                resumeFrom("last"),
                                trainer -> trainer.accumulateGradBatches(2).limitTrainBatches(3))
                        .globalStep())
                .isEqualTo(6);
    }
}
