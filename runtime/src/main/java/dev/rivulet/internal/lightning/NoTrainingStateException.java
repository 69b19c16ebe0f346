package dev.rivulet.internal.lightning;

/** Thrown when a checkpoint does not say how a run goes on from it; its weights may still be loaded. */
public final class NoTrainingStateException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NoTrainingStateException(String message) {
        super(message);
    }
}
