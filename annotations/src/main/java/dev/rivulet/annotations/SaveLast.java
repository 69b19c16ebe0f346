package dev.rivulet.annotations;

/** Whether a stream keeps a pointer to its newest checkpoint. */
public enum SaveLast {
    /** No pointer. */
    OFF,

    /** A second file with the newest checkpoint's content. */
    COPY,

    /** A relative symbolic link to the newest checkpoint. */
    LINK
}
