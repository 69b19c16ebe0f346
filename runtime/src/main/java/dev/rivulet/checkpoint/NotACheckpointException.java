package dev.rivulet.checkpoint;

import java.io.IOException;

/**
 * Thrown when a file is not a checkpoint.
 *
 * <p>The message names the file and what was expected.
 *
 * @since 0.1
 */
public final class NotACheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what is wrong, where, and what to do. */
    public NotACheckpointException(String message) {
        super(message);
    }

    /** Creates the exception; the message says what is wrong, where, and what to do. */
    public NotACheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
