package dev.rivulet.annotations;

/**
 * Whether a smaller or a larger value of the monitored metric is better.
 *
 * @since 0.1
 */
public enum Mode {
    /** The smallest value is the best, as of a loss. */
    MIN,

    /** The largest value is the best, as of an accuracy. */
    MAX
}
