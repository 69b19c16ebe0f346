package dev.rivulet;

/**
 * Thrown when training cannot go on from a checkpoint; nothing has been trained or saved then. The weights may still be
 * loaded with {@link Checkpoints#load}.
 */
public final class NotResumableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotResumableException(String message) {
        super(message);
    }

    NotResumableException(String message, Throwable cause) {
        super(message, cause);
    }
}
