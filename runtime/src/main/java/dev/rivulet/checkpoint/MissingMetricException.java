package dev.rivulet.checkpoint;

/**
 * Thrown when a save is due and the monitored metric of its stream has no value, although a validation has run or none
 * will. Ends training after the other streams were saved, unless the stream's {@code onFailure} is {@code CONTINUE}.
 *
 * @since 0.1
 */
public final class MissingMetricException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /** Says which stream and metric, and what was logged instead. */
    public MissingMetricException(String message) {
        super(message);
    }
}
