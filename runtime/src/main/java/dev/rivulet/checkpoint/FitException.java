package dev.rivulet.checkpoint;

/**
 * Thrown when a fit ends by a checked exception of a step, a hook, the data or a save.
 *
 * @since 0.1
 */
public final class FitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FitException(String message, Throwable cause) {
        super(message, cause);
    }
}
