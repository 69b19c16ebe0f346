package dev.rivulet.checkpoint;

import java.io.Serial;

/**
 * Thrown when derived weights cannot be computed again from a file.
 *
 * <p>The message says why, and which file or class to give instead.
 *
 * @since 0.1
 */
public final class NotRederivableException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    public NotRederivableException(String message) {
        super(message);
    }
}
