package dev.rivulet.checkpoint;

/**
 * Thrown when a data set has no batches.
 *
 * @since 0.1
 */
public final class EmptyDatasetException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Names the role of the data set, such as {@code training}. */
    public EmptyDatasetException(String role) {
        super("The " + role + " data set gives no batch."
                + " Check that it is not empty, and that its sampling does not drop the only, incomplete batch.");
    }
}
