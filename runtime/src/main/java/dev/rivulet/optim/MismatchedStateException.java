package dev.rivulet.optim;

/** A saved state does not belong to the optimizer or scheduler that was to take it; the message says where and why. */
public final class MismatchedStateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With a message for users. */
    public MismatchedStateException(String message) {
        super(message);
    }
}
