package dev.rivulet.optim;

/**
 * Thrown when a saved state does not belong to the optimizer or scheduler that loads it; the message says where and
 * why.
 *
 * @since 0.1
 */
public final class MismatchedStateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Creates the exception with a message for users. */
    public MismatchedStateException(String message) {
        super(message);
    }
}
