package dev.rivulet.annotations;

/**
 * What becomes of training when a save of the stream fails: by its condition, transform or hook, or by the disk.
 *
 * <p>Whichever it is, the other streams that are due are served, and earlier checkpoints stay.
 */
public enum OnFailure {
    /** {@link #STOP} for a stream of untransformed weights, {@link #CONTINUE} for a derived one. */
    AUTO,

    /** Training ends with a {@code FitException}, after the other streams were served. */
    STOP,

    /**
     * Training goes on; the failure is logged as an error and told in {@code FitResult}. It ends all the same where a
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
