package dev.rivulet.crash;

/** What a name stands for. */
sealed interface Entry {

    /** A regular file, which may have several names. */
    record File(long number) implements Entry {}

    /** A symbolic link. */
    record Link(String target) implements Entry {}

    /** A directory; it keeps its one name. */
    record Directory() implements Entry {}
}
