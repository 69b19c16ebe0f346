package dev.rivulet.checkpoint;

/**
 * Thrown when the monitored metric of a stream has no value although validation has run.
 *
 * @since 0.1
 */
public final class MissingMetricException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    /** Names the stream and the metric. */
    public MissingMetricException(String stream, String monitor) {
        super("The stream \"" + stream + "\" monitors \"" + monitor
                + "\", which has not been logged although a validation has run. Call log(\"" + monitor
                + "\", value), or monitor a metric that is logged.");
    }
}
