package dev.rivulet.checkpoint;

/**
 * Thrown at a step boundary after the process was told to end, by SIGTERM or Ctrl-C.
 *
 * @since 0.1
 */
public final class ShutdownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** At a step boundary after the signal. */
    public ShutdownException() {
        super("Training was ended by a signal.");
    }
}
