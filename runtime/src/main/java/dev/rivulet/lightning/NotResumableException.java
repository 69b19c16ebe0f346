package dev.rivulet.lightning;

/**
 * Thrown when training cannot go on from a checkpoint; nothing has been trained or saved then. The weights may still be
 * loaded.
 */
public final class NotResumableException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /**
     * A refusal.
     *
     * @param message which checkpoint, why, and what to do
     */
    public NotResumableException(String message) {
        super(message);
    }

    /**
     * A refusal with a reason.
     *
     * @param message which checkpoint, why, and what to do
     */
    public NotResumableException(String message, Throwable cause) {
        super(message, cause);
    }
}
