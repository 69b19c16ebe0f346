package dev.rivulet.registry;

/**
 * Thrown when a class has annotations but its generated registry is missing or unusable.
 *
 * <p>The message says why, and what to change in the build.
 *
 * @since 0.1
 */
public final class MissingRegistryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception; the message says what is wrong and what to change in the build. */
    public MissingRegistryException(String message, Exception cause) {
        super(message, cause);
    }
}
