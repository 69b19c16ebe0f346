package dev.rivulet.crash;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/**
 * A failure of a disk.
 *
 * @param operation index of the first operation that fails, from 0
 * @param kind the error
 * @param permanent whether all later operations fail as well
 */
record Fault(long operation, Kind kind, boolean permanent) {
    /** A disk without faults. */
    static final Fault NONE = new Fault(Long.MAX_VALUE, Kind.EIO, false);

    /** Errors of disks, as the JDK reports them on Linux. */
    enum Kind {
        EIO("Input/output error"),
        ENOSPC("No space left on device"),
        EACCES("Permission denied"),
        EROFS("Read-only file system");

        private final String message;

        Kind(String message) {
            this.message = message;
        }

        /** The JDK's exception for an operation on a path. */
        IOException exception(String path) {
            return this == EACCES ? new AccessDeniedException(path) : new FileSystemException(path, null, message);
        }

        /** The JDK's exception for an operation on an open channel. */
        IOException exception() {
            return new IOException(message);
        }
    }

    /** Whether an operation fails. */
    boolean hits(long index) {
        return permanent ? index >= operation : index == operation;
    }
}
