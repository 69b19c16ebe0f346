package dev.rivulet.internal.lightning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;

/** A batch as observed in both languages, with the optimizer steps and learning rate before it. */
record ObservedBatch(int epoch, int index, long globalStep, double learningRate, double loss) {

    /** Asserts that batches are equal, and learning rates and losses equal up to rounding. */
    static void assertAgree(List<ObservedBatch> actual, List<ObservedBatch> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            ObservedBatch one = actual.get(i);
            ObservedBatch other = expected.get(i);
            assertThat(new ObservedBatch(one.epoch, one.index, one.globalStep, 0, 0))
                    .isEqualTo(new ObservedBatch(other.epoch, other.index, other.globalStep, 0, 0));
            assertThat(one.learningRate).as("learning rate at %s", other).isCloseTo(other.learningRate, within(1e-12));
            assertThat(one.loss).as("loss at %s", other).isCloseTo(other.loss, within(1e-5));
        }
    }
}
