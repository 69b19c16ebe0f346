package dev.rivulet.transform;

/**
 * Thrown when the result of a transform cannot be saved.
 *
 * <p>The message names the transform and the tensor, and says what to do. The checkpoint of the stream is skipped;
 * other streams are saved.
 *
 * @since 0.1
 */
public final class TransformException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what is wrong, where, and what to do. */
    public TransformException(String message) {
        super(message);
    }

    /** An error with the failure that caused it. */
    public TransformException(String message, Throwable cause) {
        super(message, cause);
    }
}
