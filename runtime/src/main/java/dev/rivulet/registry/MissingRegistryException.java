package dev.rivulet.registry;

/**
 * Thrown when a class has annotations but no registry was generated from them, or it cannot be used.
 *
 * <p>The message says why, and what to change in the build.
 *
 * @since 0.1
 */
public final class MissingRegistryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public MissingRegistryException(String message, Exception cause) {
        super(message, cause);
    }
}
