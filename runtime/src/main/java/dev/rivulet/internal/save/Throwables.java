package dev.rivulet.internal.save;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Collects failures so that none hides another: the first one is thrown, the others are added to it as suppressed. For
 * one thread.
 */
final class Throwables {
    private @Nullable Throwable first;

    void add(Throwable failure) {
        if (first == null) {
            first = failure;
        } else if (failure != first) {
            first.addSuppressed(failure);
        }
    }

    /** The first failure, with the others suppressed in it; empty if nothing failed. */
    Optional<Throwable> first() {
        return Optional.ofNullable(first);
    }

    /** Throws the first failure, if anything failed. */
    void throwFirst() throws Exception {
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw (Exception) first;
        }
    }
}
