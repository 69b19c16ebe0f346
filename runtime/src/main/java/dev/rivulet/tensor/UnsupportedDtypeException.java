package dev.rivulet.tensor;

import java.io.Serial;

/** Thrown when elements of some type are asked to go where that type does not exist. */
public final class UnsupportedDtypeException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** With what was asked, where it fails and what to do. */
    public UnsupportedDtypeException(String message) {
        super(message);
    }
}
