package dev.rivulet.lightning;

/** A checkpoint does not say how to go on from it; its weights may still be loaded. */
public final class NotResumableException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NotResumableException(String message) {
        super(message);
    }
}
