package dev.rivulet.optim;

/** What a scheduler of the learning rate counts; Lightning's {@code interval}. */
public enum LrInterval {
    /** Epochs. */
    EPOCH,

    /** Optimizer steps. */
    STEP
}
