package dev.rivulet.crash;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/**
 * That a disk fails.
 *
 * @param operation index of the first operation that fails, from 0
 * @param kind with which error
 * @param lasting whether all later operations fail as well
 */
record Fault(long operation, Kind kind, boolean lasting) {
    /** A disk without faults. */
    static final Fault NONE = new Fault(Long.MAX_VALUE, Kind.EIO, false);

    /** Errors of disks, as the JDK reports them on Linux. */
    enum Kind {
        EIO("Input/output error"),
        ENOSPC("No space left on device"),
        EACCES("Permission denied"),
        EROFS("Read-only file system");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** What the JDK throws where a path was named. */
        IOException exception(String path) {
            return this == EACCES ? new AccessDeniedException(path) : new FileSystemException(path, null, text);
        }

        /** What the JDK throws where a channel was open. */
        IOException exception() {
            return new IOException(text);
        }
    }

    /** Whether an operation fails. */
    boolean hits(long index) {
        return lasting ? index >= operation : index == operation;
    }
}
