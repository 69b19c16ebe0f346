package dev.rivulet.internal.derive;

import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The weights of one stream at one save, linked to their source, back to the untransformed weights. A result may lie in
 * the memory of its sources, so a stream that is used holds its whole chain. Used by one thread at a time.
 *
 * <pre>
 *             compute               the last user is done
 *   (empty) ───────────▶ COMPUTED ───────────────────────▶ RELEASED     memory is freed
 *                        │      ▲
 *      user code changed │      │ compute again
 *      it, or a source   ▼      │
 *                       INVALIDATED ─────────────────────▶ RELEASED     memory is freed when the save is done,
 *                                         close                         because results of others may lie in it
 * </pre>
 */
final class StreamChain implements AutoCloseable {
    private final StreamDeclaration declaration;
    private final Optional<StreamChain> source;
    private final List<StreamWeights> invalidated = new ArrayList<>();
    private Optional<StreamWeights> computed = Optional.empty();
    private int users;

    /**
     * A stream whose weights are not computed yet.
     *
     * @param source the stream that it is derived from; empty if its weights are untransformed
     */
    StreamChain(StreamDeclaration declaration, Optional<StreamChain> source) {
        this.declaration = declaration;
        this.source = source;
    }

    String name() {
        return declaration.name();
    }

    StreamDeclaration declaration() {
        return declaration;
    }

    boolean isUntransformed() {
        return source.isEmpty();
    }

    /** The weights, while they are COMPUTED. */
    Optional<StreamWeights> computed() {
        return computed;
    }

    void compute(StreamWeights weights) {
        computed = Optional.of(weights);
    }

    /** Adds a user. */
    void use() {
        users++;
        source.ifPresent(StreamChain::use);
    }

    /** Whether more than one user needs these weights. */
    boolean isShared() {
        return users > 1;
    }

    /** Removes a user. */
    void release() {
        users--;
        if (users == 0) {
            computed.ifPresent(StreamWeights::close);
            computed = Optional.empty();
        }
        source.ifPresent(StreamChain::release);
    }

    /** Invalidates the weights if they are those of a stream, or derived from it. */
    void invalidateIfMadeFrom(StreamChain changed) {
        if (contains(changed)) {
            computed.ifPresent(invalidated::add);
            computed = Optional.empty();
        }
    }

    private boolean contains(StreamChain other) {
        return this == other || source.filter(made -> made.contains(other)).isPresent();
    }

    /** This or its nearest source whose transform sees the module, and so runs while training waits. */
    Optional<StreamChain> firstThatSeesModule() {
        boolean seesModule = declaration
                .transform()
                .filter(transform -> transform.execution() != Execution.STATIC)
                .isPresent();
        return seesModule ? Optional.of(this) : source.flatMap(StreamChain::firstThatSeesModule);
    }

    /** Frees this stream's memory, even if it still has users. */
    @Override
    public void close() {
        computed.ifPresent(StreamWeights::close);
        computed = Optional.empty();
        invalidated.forEach(StreamWeights::close);
        invalidated.clear();
    }
}
