package dev.rivulet.crash;

/**
 * A broken guarantee.
 *
 * @param kind which guarantee
 * @param what what was found, and what was expected
 */
record Finding(Kind kind, String what) {
    /** The guarantees. */
    enum Kind {
        /** An acknowledged group, or a file that it retains, is missing. */
        LOST,
        /** The content of a file or a pointer is wrong, or a group is incomplete. */
        TORN,
        /** A file exists that no run retains. */
        ORPHANED,
        /** The directory cannot be opened or written. */
        UNUSABLE
    }

    @Override
    public String toString() {
        return kind + ": " + what;
    }
}
