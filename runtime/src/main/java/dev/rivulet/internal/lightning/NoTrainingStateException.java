package dev.rivulet.internal.lightning;

/** Thrown when a run cannot resume from a checkpoint; its weights may still be loaded. */
public final class NoTrainingStateException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NoTrainingStateException(String message) {
        super(message);
    }
}
