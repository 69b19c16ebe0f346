package dev.rivulet.interop;

import org.opentest4j.TestAbortedException;

/** Skips a test because Python or one of its modules is missing. */
final class MissingPythonException extends TestAbortedException {
    private static final long serialVersionUID = 1;

    MissingPythonException(String message) {
        super(message);
    }
}
