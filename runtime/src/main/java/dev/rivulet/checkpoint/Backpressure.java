package dev.rivulet.checkpoint;

/**
 * What a due save does when the writer still has as many to write as the trainer allows.
 *
 * @since 0.1
 */
public enum Backpressure {
    /** Training waits until a snapshot can be taken. */
    WAIT,

    /** The save is left out and reported as a failure, which does not end training. */
    SKIP
}
