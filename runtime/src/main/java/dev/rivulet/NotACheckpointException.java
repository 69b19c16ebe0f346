package dev.rivulet;

import java.io.IOException;

/** Thrown when a file that was to be a checkpoint is something else. */
public final class NotACheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    NotACheckpointException(String message) {
        super(message);
    }

    NotACheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
