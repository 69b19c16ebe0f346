package dev.rivulet;

import java.io.Serial;

/** Thrown when derived weights cannot be computed once more from a file; says why. */
public final class NotRederivableException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    NotRederivableException(String message) {
        super(message);
    }
}
