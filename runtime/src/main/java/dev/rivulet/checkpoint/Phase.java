package dev.rivulet.checkpoint;

/**
 * The part of training in which a save event happens.
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

    /** When training has ended. */
    TRAIN_END
}
