package dev.rivulet.internal.store;

import dev.rivulet.checkpoint.InsufficientSpaceException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What a failure of the file system says of its reason, for a message that names the file itself. */
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
