package dev.rivulet.checkpoint;

/**
 * Thrown when a data set gives no batch at all.
 *
 * @since 0.1
 */
public final class EmptyDatasetException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** For the data set in a role, such as {@code training}. */
    public EmptyDatasetException(String role) {
        super("The " + role + " data set gives no batch."
                + " Check that it is not empty, and that its sampling does not drop the only, incomplete batch.");
    }
}
