package dev.rivulet.checkpoint;

/**
 * What happens to a due save when the maximum number of saves is pending.
 *
 * @since 0.1
 */
public enum Backpressure {
    /** Training waits until a snapshot can be taken. */
    WAIT,

    /** The save is skipped and reported as a failure, which does not end training. */
    SKIP
}
