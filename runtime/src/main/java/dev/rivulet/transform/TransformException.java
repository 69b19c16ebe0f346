package dev.rivulet.transform;

/**
 * Thrown when a transform gives nothing that can be saved.
 *
 * <p>The message names the transform and the tensor, and says what to do. The stream's checkpoint is left out; other
 * streams are saved.
 *
 * @since 0.1
 */
public final class TransformException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TransformException(String message) {
        super(message);
    }
}
