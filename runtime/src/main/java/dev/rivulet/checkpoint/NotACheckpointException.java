package dev.rivulet.checkpoint;

import java.io.IOException;

/**
 * Thrown when a file that should be a checkpoint is something else.
 *
 * <p>The message names the file and what is expected of it.
 *
 * @since 0.1
 */
public final class NotACheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    public NotACheckpointException(String message) {
        super(message);
    }

    public NotACheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
