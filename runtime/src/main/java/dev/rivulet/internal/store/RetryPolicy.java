package dev.rivulet.internal.store;

import dev.rivulet.checkpoint.InsufficientSpaceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Duration;
import java.util.List;

/**
 * How often a file is written anew when the disk fails for a moment, as network and virtual disks do.
 *
 * @param attempts how often a file is written at most, from 1
 * @param firstDelay wait before the second attempt; each later one waits twice as long
 */
public record RetryPolicy(int attempts, Duration firstDelay) {
    /** Three attempts within a third of a second. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(3, Duration.ofMillis(100));

    /** Gives up at the first failure. */
    public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO);

    private static final int MAX_ATTEMPTS = 16;

    /**
     * What operating systems say when trying again has no effect; the JDK has no types for these. In English only: where
     * the system speaks another language, such a failure is taken for a transient one, which costs the remaining attempts
     * and their delays but hides nothing.
     */
    private static final List<String> LASTING = List.of(
            "No space left", // ENOSPC
            "not enough space", // ENOSPC on Windows
            "quota exceeded", // EDQUOT
            "Read-only file system", // EROFS, among others after the kernel has given up a damaged disk
            "Permission denied", // EACCES
            "Operation not permitted", // EPERM
            "File too large"); // EFBIG

    /** Checks the bounds. */
    public RetryPolicy {
        if (attempts < 1 || attempts > MAX_ATTEMPTS) {
            throw new IllegalArgumentException(
                    "A file is written once to " + MAX_ATTEMPTS + " times, not " + attempts + " times.");
        }
        if (firstDelay.isNegative()) {
            throw new IllegalArgumentException("The delay before a retry cannot be " + firstDelay + ".");
        }
    }

    /**
     * Whether a later attempt may go well. Unknown failures may; what only a person can change, and the end of the thread,
     * may not.
     */
    static boolean isTransient(IOException failure) {
        if (failure instanceof InsufficientSpaceException
                || failure instanceof NoSuchFileException // The directory is gone.
                || failure instanceof NotDirectoryException
                || failure instanceof FileAlreadyExistsException
                || failure instanceof AccessDeniedException
                || failure instanceof AtomicMoveNotSupportedException
                || failure instanceof InterruptedIOException
                || failure instanceof ClosedChannelException) { // Also by an interrupt.
            return false;
        }
        String message = String.valueOf(failure.getMessage());
        return LASTING.stream().noneMatch(message::contains);
    }

    /**
     * Waits before an attempt.
     *
     * @param attempt number of the attempt, from 2
     * @throws InterruptedIOException if the thread is interrupted, which stays set
     */
    void await(int attempt) throws InterruptedIOException {
        try {
            Thread.sleep(firstDelay.multipliedBy(1L << (attempt - 2)).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted before a retry");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
