package dev.rivulet.interop;

import org.opentest4j.TestAbortedException;

/** Skips a test for want of a Python. */
final class MissingPythonException extends TestAbortedException {
    private static final long serialVersionUID = 1;

    MissingPythonException(String message) {
        super(message);
    }
}
