package dev.rivulet.checkpoint;

/**
 * What is checked of a checkpoint's file before it is used.
 *
 * @since 0.1
 */
public enum Verification {
    /**
     * The checksums that the file carries, and those that a manifest of its directory has of it, so that also another
     * valid file in its place is noticed. Costs one pass over the file.
     */
    CHECKSUMS,

    /** The form of the file and its header's checksum only; for files that have just been verified. */
    HEADER
}
