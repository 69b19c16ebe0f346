package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a directory has no good checkpoint of a stream.
 *
 * <p>The message says which streams have checkpoints there, and what is damaged.
 *
 * @since 0.1
 */
public final class NoGoodCheckpointException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    public NoGoodCheckpointException(String message) {
        super(message);
    }
}
