package dev.rivulet.testing;

/**
 * The first difference between two runs that should be the same.
 *
 * @param kind what differs
 * @param name of the tensor, the metric or the entry of the training state; empty for inputs, loss and position
 * @param step the optimizer step in which it differs, counted from 1; for weights and metrics the step after which they do
 * @param position in words, such as {@code batch 3 of epoch 1}
 * @param expected its value in the straight run; empty for inputs and weights, of which digests were compared
 * @param actual its value in the other run
 * @since 0.1
 */
public record ResumeDifference(Kind kind, String name, long step, String position, String expected, String actual) {

    /**
     * What can differ, in the order in which it is compared.
     *
     * @since 0.1
     */
    public enum Kind {
        /** The epoch and batch that the run has reached: it has ended earlier or later, for example. */
        POSITION,
        /** A tensor of the model, before a batch or at the end. */
        WEIGHTS,
        /** A metric that was logged. */
        METRIC,
        /** Data or labels of a batch. */
        INPUTS,
        /** What a training step returned. */
        LOSS,
        /** An entry of the training state at the end. */
        STATE
    }

    /** In words. */
    @Override
    public String toString() {
        return switch (kind) {
            case POSITION -> "after step " + step + " came " + actual + " instead of " + expected;
            case WEIGHTS -> "the tensor \"" + name + "\" after step " + step;
            case METRIC -> "the metric \"" + name + "\" after step " + step + ": " + actual + " instead of " + expected;
            case INPUTS -> "the inputs of step " + step + " (" + position + ")";
            case LOSS -> "the loss of step " + step + " (" + position + "): " + actual + " instead of " + expected;
            case STATE -> "\"" + name + "\" of the training state at the end: " + actual + " instead of " + expected;
        };
    }
}
