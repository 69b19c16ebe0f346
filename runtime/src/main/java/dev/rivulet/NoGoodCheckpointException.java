package dev.rivulet;

import java.io.IOException;
import java.io.Serial;

/** Thrown when a directory has no good checkpoint of a stream; says which streams there are, and what is damaged. */
public final class NoGoodCheckpointException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    NoGoodCheckpointException(String message) {
        super(message);
    }
}
