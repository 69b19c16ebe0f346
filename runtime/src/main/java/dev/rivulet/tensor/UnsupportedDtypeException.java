package dev.rivulet.tensor;

import java.io.Serial;

/**
 * Thrown when a dtype is not supported by the target of an operation.
 *
 * @since 0.1
 */
public final class UnsupportedDtypeException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message that says what failed, where, and the remedy. */
    public UnsupportedDtypeException(String message) {
        super(message);
    }
}
