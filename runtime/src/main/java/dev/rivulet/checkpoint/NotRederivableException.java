package dev.rivulet.checkpoint;

import java.io.Serial;

/**
 * Thrown when derived weights cannot be recomputed from a file.
 *
 * <p>The message says why, and which file or class to use instead.
 *
 * @since 0.1
 */
public final class NotRederivableException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what is wrong, where, and what to do. */
    public NotRederivableException(String message) {
        super(message);
    }
}
