package dev.rivulet.crash;

import java.nio.ByteBuffer;
import java.util.Set;

/** A change of a disk, or a flush. Paths are relative to the top of the disk, with {@code /} between names. */
sealed interface Operation {

    /** Changes the names in one or two directories atomically. */
    sealed interface OfNames extends Operation {

        /** The directories whose names change. */
        Set<String> directories();
    }

    /** Changes the content of a file. */
    sealed interface OfContent extends Operation {

        /** The file number, which is independent of names. */
        long file();
    }

    /** Names a new entry, or gives an existing one another name. */
    record Name(String path, Entry entry) implements OfNames {
        @Override
        public Set<String> directories() {
            return Set.of(DiskImage.parent(path));
        }
    }

    /** Renames an entry, replacing any entry of that name. */
    record Rename(String from, String to, Entry entry) implements OfNames {
        @Override
        public Set<String> directories() {
            return DiskImage.parent(from).equals(DiskImage.parent(to))
                    ? Set.of(DiskImage.parent(to))
                    : Set.of(DiskImage.parent(from), DiskImage.parent(to));
        }
    }

    /** Removes a name. */
    record Unlink(String path) implements OfNames {
        @Override
        public Set<String> directories() {
            return Set.of(DiskImage.parent(path));
        }
    }

    /** Writes bytes, possibly beyond the end of the file. */
    record Write(long file, long offset, ByteBuffer bytes) implements OfContent {}

    /** Truncates a file. */
    record Truncate(long file, long size) implements OfContent {}

    /** Flushes a file's content. If the flush failed, content that was not durable before never becomes durable. */
    record Force(long file, boolean succeeded) implements Operation {}

    /** Flushes a directory's names. */
    record ForceDirectory(String path, boolean succeeded) implements Operation {}

    /** Not an operation of the disk: marks the acknowledgement of a durable group. */
    record Acknowledge(long group) implements Operation {}
}
