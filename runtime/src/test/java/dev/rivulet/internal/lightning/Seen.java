package dev.rivulet.internal.lightning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;

/** What is seen of a batch, in both languages; optimizer steps and learning rate are those before it. */
record Seen(int epoch, int index, long globalStep, double learningRate, double loss) {

    /** The same batches, rates and losses, but for rounding. */
    static void assertAgree(List<Seen> actual, List<Seen> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            Seen one = actual.get(i);
            Seen other = expected.get(i);
            assertThat(new Seen(one.epoch, one.index, one.globalStep, 0, 0))
                    .isEqualTo(new Seen(other.epoch, other.index, other.globalStep, 0, 0));
            assertThat(one.learningRate).as("learning rate at %s", other).isCloseTo(other.learningRate, within(1e-12));
            assertThat(one.loss).as("loss at %s", other).isCloseTo(other.loss, within(1e-5));
        }
    }
}
