package dev.rivulet.crash;

import java.nio.ByteBuffer;
import java.util.Set;

/** Something that changes a disk, or makes a change durable. Paths are relative to the disk's top, with {@code /} between names. */
sealed interface Operation {

    /** Changes the names in one or two directories, all at once or not at all. */
    sealed interface OfNames extends Operation {

        /** The directories whose names change. */
        Set<String> directories();
    }

    /** Changes what is in a file. */
    sealed interface OfContent extends Operation {

        /** The file, by its number: names come and go. */
        long file();
    }

    /** Gives something new a name, or something that is there one more. */
    record Name(String path, Entry entry) implements OfNames {
        @Override
        public Set<String> directories() {
            return Set.of(DiskImage.parent(path));
        }
    }

    /** Gives something another name, in place of what has that name. */
    record Rename(String from, String to, Entry entry) implements OfNames {
        @Override
        public Set<String> directories() {
            return DiskImage.parent(from).equals(DiskImage.parent(to))
                    ? Set.of(DiskImage.parent(to))
                    : Set.of(DiskImage.parent(from), DiskImage.parent(to));
        }
    }

    /** Takes a name away. */
    record Unlink(String path) implements OfNames {
        @Override
        public Set<String> directories() {
            return Set.of(DiskImage.parent(path));
        }
    }

    /** Writes bytes, behind the file's end too. */
    record Write(long file, long offset, ByteBuffer bytes) implements OfContent {}

    /** Cuts a file off. */
    record Truncate(long file, long size) implements OfContent {}

    /** Makes a file's content durable; if it failed, what was not durable before will not become so any more. */
    record Force(long file, boolean succeeded) implements Operation {}

    /** Makes a directory's names durable. */
    record ForceDirectory(String path, boolean succeeded) implements Operation {}

    /** Not an operation of the disk: the moment at which somebody was told that a group is durable. */
    record Acknowledge(long group) implements Operation {}
}
