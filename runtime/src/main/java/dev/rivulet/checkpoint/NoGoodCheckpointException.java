package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a directory has no good checkpoint of a stream.
 *
 * <p>The message names the streams that have checkpoints there, and what is damaged.
 *
 * @since 0.1
 */
public final class NoGoodCheckpointException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what is wrong, where, and what to do. */
    public NoGoodCheckpointException(String message) {
        super(message);
    }
}
