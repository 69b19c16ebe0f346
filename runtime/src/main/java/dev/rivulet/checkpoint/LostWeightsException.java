package dev.rivulet.checkpoint;

/**
 * Thrown when foreign code changed both a weight and its copy during a save, so that training must not go on with it.
 *
 * @since 0.1
 */
public final class LostWeightsException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public LostWeightsException(String name) {
        super("Both the weight \"" + name + "\" and its copy were changed during a save, so neither can be restored."
                + " Go on from the newest checkpoint, and change weights in training steps only.");
    }
}
