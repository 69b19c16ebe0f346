package dev.rivulet.checkpoint;

/**
 * Thrown when a checked exception of a step, a hook, the data or a save ends a fit.
 *
 * @since 0.1
 */
public final class FitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what is wrong, where, and what to do. */
    public FitException(String message, Throwable cause) {
        super(message, cause);
    }
}
