package dev.rivulet;

/** Thrown when a transform gives nothing that can be saved; says which transform and tensor, and what to do. */
public final class TransformException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TransformException(String message) {
        super(message);
    }
}
