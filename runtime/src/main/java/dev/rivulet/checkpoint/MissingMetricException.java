package dev.rivulet.checkpoint;

/**
 * Thrown where a stream's monitored metric has no value although validation has run.
 *
 * @since 0.1
 */
public final class MissingMetricException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public MissingMetricException(String stream, String monitor) {
        super("The stream \"" + stream + "\" monitors \"" + monitor
                + "\", which has not been logged although a validation" + " has run. Call log(\"" + monitor
                + "\", value), or monitor a metric that is logged.");
    }
}
