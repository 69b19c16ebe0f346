package dev.rivulet.testing;

/**
 * The first difference between two runs that should be equal.
 *
 * @param kind what differs
 * @param name name of the tensor, the metric or the entry of the training state; empty for inputs, loss and position
 * @param step optimizer step of the difference, from 1; for weights and metrics, the step after which they differ
 * @param position position in words, such as {@code batch 3 of epoch 1}
 * @param expected value in the straight run; empty for inputs and weights, which are compared by digests
 * @param actual value in the other run
 * @since 0.1
 */
public record ResumeDifference(Kind kind, String name, long step, String position, String expected, String actual) {

    /**
     * What can differ, in the order of comparison.
     *
     * @since 0.1
     */
    public enum Kind {
        /** The epoch and batch that the run has reached, for example because it ended earlier or later. */
        POSITION,
        /** A tensor of the model, before a batch or at the end. */
        WEIGHTS,
        /** A logged metric. */
        METRIC,
        /** Data or labels of a batch. */
        INPUTS,
        /** The result of a training step. */
        LOSS,
        /** An entry of the training state at the end. */
        STATE
    }

    /** The difference in words. */
    @Override
    public String toString() {
        return switch (kind) {
            case POSITION -> "the position after step " + step + ": " + actual + " instead of " + expected;
            case WEIGHTS -> "the tensor \"" + name + "\" after step " + step;
            case METRIC -> "the metric \"" + name + "\" after step " + step + ": " + actual + " instead of " + expected;
            case INPUTS -> "the inputs of step " + step + " (" + position + ")";
            case LOSS -> "the loss of step " + step + " (" + position + "): " + actual + " instead of " + expected;
            case STATE -> "\"" + name + "\" of the training state at the end: " + actual + " instead of " + expected;
        };
    }
}
