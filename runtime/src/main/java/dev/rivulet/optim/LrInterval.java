package dev.rivulet.optim;

/**
 * The unit in which a learning rate scheduler counts; Lightning's {@code interval}.
 *
 * @since 0.1
 */
public enum LrInterval {
    /** Epochs. */
    EPOCH,

    /** Optimizer steps. */
    STEP
}
