package dev.rivulet.checkpoint;

/**
 * When a transform is run twice on the same weights, to see whether it gives the same result.
 *
 * @since 0.1
 */
public enum DeterminismCheck {
    /** At no save. */
    NEVER,

    /** At the first save of each stream. */
    FIRST,

    /** At every save. */
    ALWAYS
}
