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
 * How often a file is written again after a transient disk failure, as happens on network and virtual disks.
 *
 * @param attempts maximum number of attempts, from 1
 * @param firstDelay wait before the second attempt; each later one waits twice as long
 */
public record RetryPolicy(int attempts, Duration firstDelay) {
    /** Three attempts within a third of a second. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(3, Duration.ofMillis(100));

    /** No retries. */
    public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO);

    private static final int MAX_ATTEMPTS = 16;

    /**
     * Messages of operating systems for failures that a retry cannot fix; the JDK has no types for them. English only:
     * on a localized system such a failure counts as transient, which costs the remaining attempts and their delays but
     * hides nothing.
     */
    private static final List<String> LASTING = List.of(
            "No space left", // ENOSPC
            "not enough space", // ENOSPC on Windows
            "quota exceeded", // EDQUOT
            "Read-only file system", // EROFS, for example after the kernel has remounted a damaged disk
            "Permission denied", // EACCES
            "Operation not permitted", // EPERM
            "File too large"); // EFBIG

    /** Checks the bounds. */
    public RetryPolicy {
        if (attempts < 1 || attempts > MAX_ATTEMPTS) {
            throw new IllegalArgumentException(
                    "The number of attempts must be between 1 and " + MAX_ATTEMPTS + ", not " + attempts + ".");
        }
        if (firstDelay.isNegative()) {
            throw new IllegalArgumentException("The delay before a retry cannot be " + firstDelay + ".");
        }
    }

    /**
     * Whether a later attempt may succeed. Unknown failures count as transient; those that only a person can fix, and
     * interrupts, do not.
     */
    static boolean isTransient(IOException failure) {
        if (failure instanceof InsufficientSpaceException
                || failure instanceof NoSuchFileException // The directory no longer exists.
                || failure instanceof NotDirectoryException
                || failure instanceof FileAlreadyExistsException
                || failure instanceof AccessDeniedException
                || failure instanceof AtomicMoveNotSupportedException
                || failure instanceof InterruptedIOException
                || failure instanceof ClosedChannelException) { // Also after an interrupt.
            return false;
        }
        String message = String.valueOf(failure.getMessage());
        return LASTING.stream().noneMatch(message::contains);
    }

    /**
     * Waits before an attempt.
     *
     * @param attempt number of the attempt, from 2
     * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
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
