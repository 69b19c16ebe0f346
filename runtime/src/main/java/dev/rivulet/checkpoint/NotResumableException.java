package dev.rivulet.checkpoint;

/**
 * Thrown when training cannot resume from a checkpoint.
 *
 * <p>Nothing has been trained or saved then. The message says why, and which checkpoint to take instead; the weights
 * may still be loaded with {@code Checkpoints.load}.
 *
 * @since 0.1
 */
public final class NotResumableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NotResumableException(String message) {
        super(message);
    }

    public NotResumableException(String message, Throwable cause) {
        super(message, cause);
    }
}
