package dev.rivulet.checkpoint;

/**
 * A failed save of a stream.
 *
 * @param stream the stream's name
 * @param epoch index of the epoch
 * @param globalStep optimizer steps so far
 * @param cause the failure
 * @since 0.1
 */
public record StreamFailure(String stream, int epoch, long globalStep, Throwable cause) {

    @Override
    public String toString() {
        return "stream \"" + stream + "\", epoch " + epoch + ", step " + globalStep + ": "
                + (cause.getMessage() == null ? cause : cause.getMessage());
    }
}
