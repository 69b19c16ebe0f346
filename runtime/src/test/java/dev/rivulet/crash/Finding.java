package dev.rivulet.crash;

/**
 * A broken promise.
 *
 * @param kind which one
 * @param what what was found, and what should have been
 */
record Finding(Kind kind, String what) {
    /** The promises. */
    enum Kind {
        /** An acknowledged group, or a file that it keeps, is not there. */
        LOST,
        /** A file's content or a pointer is wrong, or a group is there in part. */
        TORN,
        /** Something is there that nobody keeps. */
        LEFTOVER,
        /** The directory cannot be opened or written. */
        UNUSABLE
    }

    @Override
    public String toString() {
        return kind + ": " + what;
    }
}
