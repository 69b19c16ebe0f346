package dev.rivulet.checkpoint;

/**
 * A save of a stream that failed.
 *
 * @param stream the stream's name
 * @param epoch index of the epoch
 * @param globalStep optimizer steps so far
 * @param cause what went wrong
 * @since 0.1
 */
public record StreamFailure(String stream, int epoch, long globalStep, Throwable cause) {

    @Override
    public String toString() {
        return "stream \"" + stream + "\", epoch " + epoch + ", step " + globalStep + ": " + cause.getMessage();
    }
}
