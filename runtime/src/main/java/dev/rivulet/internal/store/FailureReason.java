package dev.rivulet.internal.store;

import dev.rivulet.checkpoint.InsufficientSpaceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What a failure is, for messages. */
public final class FailureReason {
    private FailureReason() {}

    /** What a failure says of itself, its type if it says nothing. */
    public static String message(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** The reason of a file system failure, for a message that already names the file, and what to do. */
    static String of(IOException failure, String remedy) {
        boolean interrupted =
                failure instanceof ClosedByInterruptException || failure instanceof InterruptedIOException;
        return interrupted
                ? "the thread was interrupted. Let threads that write checkpoints finish; Trainer.stop() ends a run early."
                : of(failure) + ". " + remedy;
    }

    /** The reason of a file system failure, for a message that already names the file. */
    static String of(IOException failure) {
        if (failure instanceof InsufficientSpaceException) {
            return String.valueOf(failure.getMessage());
        }
        String message = failure instanceof FileSystemException withPath && withPath.getReason() != null
                ? withPath.getReason()
                : failure.getMessage();
        String kind = failure instanceof NoSuchFileException
                ? "no such file or directory"
                : failure.getClass().getSimpleName();
        return message == null || message.isBlank() ? kind : kind + ", " + message;
    }
}
