package dev.rivulet.checkpoint;

/**
 * What to check of a checkpoint's file before it is used.
 *
 * @since 0.1
 */
public enum Verification {
    /**
     * The file's own checksums and those in a manifest of its directory, which also detects another valid file under
     * the same name. Costs one pass over the file.
     */
    CHECKSUMS,

    /** Only the structure of the file and the checksum of its header; for files that have just been verified. */
    HEADER
}
