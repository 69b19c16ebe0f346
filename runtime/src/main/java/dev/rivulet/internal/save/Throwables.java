package dev.rivulet.internal.save;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Failures none of which may hide another: the first one is thrown, with the others suppressed in it. */
final class Throwables {
    private @Nullable Throwable first;

    void add(Throwable failure) {
        if (first == null) {
            first = failure;
        } else if (failure != first) {
            first.addSuppressed(failure);
        }
    }

    /** The first failure, which carries the others; empty if there was none. */
    Optional<Throwable> first() {
        return Optional.ofNullable(first);
    }

    /** Throws the first failure, if there was any. */
    void throwFirst() throws Exception {
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw (Exception) first;
        }
    }
}
