package dev.rivulet.checkpoint;

/**
 * The phase of training in which a save happens.
 *
 * @since 0.1
 */
public enum Phase {
    /** Between training batches, or at the end of a training epoch. */
    TRAINING,

    /** At the end of a validation. */
    VALIDATION,

    /** After an exception. */
    EXCEPTION,

    /** At the end of training. */
    TRAIN_END
}
