package dev.rivulet.checkpoint;

/**
 * Thrown at a step boundary after the process received SIGTERM or Ctrl-C.
 *
 * @since 0.1
 */
public final class ShutdownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public ShutdownException() {
        super("Training was ended by a signal.");
    }
}
