package dev.rivulet.annotations;

/**
 * What happens to training when a save of the stream fails, be it in its condition, transform or hook, or on the disk.
 *
 * <p>In either case the other due streams are saved, and earlier checkpoints stay.
 *
 * <p>A monitored metric that has not been logged when a save is due, although a validation has run or none will, is a
 * mistake in the policy: it ends training with a {@code MissingMetricException} unless the value is {@link #CONTINUE}.
 *
 * @since 0.1
 */
public enum OnFailure {
    /** {@link #STOP} for a stream of untransformed weights, {@link #CONTINUE} for a derived one. */
    AUTO,

    /** Training ends with a {@code FitException}, after the other streams were saved. */
    STOP,

    /**
     * Training continues; the failure is logged as an error and reported in {@code FitResult}. Training still ends if a
     * transform or hook has destroyed weights of the model.
     */
    CONTINUE;

    /**
     * Whether a failed save ends training.
     *
     * @param derived whether the stream's weights are made by a transform
     */
    public boolean stopsTraining(boolean derived) {
        return switch (this) {
            case AUTO -> !derived;
            case STOP -> true;
            case CONTINUE -> false;
        };
    }
}
