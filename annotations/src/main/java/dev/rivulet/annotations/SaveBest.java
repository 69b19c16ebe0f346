package dev.rivulet.annotations;

/**
 * Whether a stream keeps a pointer to its best checkpoint.
 *
 * @since 0.1
 */
public enum SaveBest {
    /** No pointer. */
    OFF,

    /** A second file with the best checkpoint's content. */
    COPY,

    /** A relative symbolic link to the best checkpoint. */
    LINK
}
