package dev.rivulet.registry;

/**
 * Where a transform may run, recorded when the class is compiled.
 *
 * <p>For generated code only.
 *
 * @since 0.1
 */
public enum Execution {
    /** A static method: a pure function of its arguments, so it may run off the training thread. */
    STATIC,

    /** An instance method or a field: it sees the module, so it runs on the training thread at the step boundary. */
    INSTANCE
}
