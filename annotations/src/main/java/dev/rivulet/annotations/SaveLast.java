package dev.rivulet.annotations;

/**
 * Whether a stream keeps a pointer to its newest checkpoint.
 *
 * @since 0.1
 */
public enum SaveLast {
    /** No pointer. */
    OFF,

    /** A second name of the newest checkpoint's file, a hard link where the file system has them, else a copy. */
    COPY,

    /** A relative symbolic link to the newest checkpoint. */
    LINK
}
