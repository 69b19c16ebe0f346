package dev.rivulet;

/** What a transform or condition is told of the save event. */
public final class TransformContext {
    private final String stream;

    TransformContext(String stream) {
        this.stream = stream;
    }

    /** Name of the stream that the weights are for. */
    public String stream() {
        return stream;
    }
}
