package dev.rivulet.crash;

/** What a name refers to. */
sealed interface Entry {

    /** A regular file, which may have several names. */
    record File(long number) implements Entry {}

    /** A symbolic link. */
    record Link(String target) implements Entry {}

    /** A directory, which cannot be renamed. */
    record Directory() implements Entry {}
}
