package dev.rivulet.internal.store;

import dev.rivulet.checkpoint.InsufficientSpaceException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The reason of a file system failure, for a message that already names the file. */
final class FailureReason {
    private FailureReason() {}

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
