package dev.rivulet.checkpoint;

/**
 * When a transform runs twice on the same weights, to check that its results are equal.
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
