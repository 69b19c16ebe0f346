package dev.rivulet.checkpoint;

/**
 * Thrown when user code changed both a weight and its copy during a save, so that training cannot continue.
 *
 * @since 0.1
 */
public final class LostWeightsException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Names the weight. */
    public LostWeightsException(String name) {
        super("Both the weight \"" + name + "\" and its copy were changed during a save, so neither can be restored."
                + " Resume from the newest checkpoint, and change weights only in training steps.");
    }
}
