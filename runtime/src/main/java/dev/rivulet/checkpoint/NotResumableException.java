package dev.rivulet.checkpoint;

/**
 * Thrown when training cannot resume from a checkpoint.
 *
 * <p>Nothing has been trained or saved. The message says why, and which checkpoint to use instead; the weights can
 * still be loaded with {@code Checkpoints.load}.
 *
 * @since 0.1
 */
public final class NotResumableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what is wrong, where, and what to do. */
    public NotResumableException(String message) {
        super(message);
    }

    /** Creates the exception; the message says what is wrong, where, and what to do. */
    public NotResumableException(String message, Throwable cause) {
        super(message, cause);
    }
}
