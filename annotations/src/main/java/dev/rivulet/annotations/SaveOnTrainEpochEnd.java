package dev.rivulet.annotations;

/**
 * Whether an epoch-triggered save happens at the end of the training epoch or after validation.
 *
 * @since 0.1
 */
public enum SaveOnTrainEpochEnd {
    /**
     * After validation where a validation runs in the epoch, otherwise at the end of the training epoch; Lightning's
     * {@code None}.
     */
    AUTO,

    /** At the end of the training epoch. */
    TRUE,

    /** At the end of validation. */
    FALSE
}
