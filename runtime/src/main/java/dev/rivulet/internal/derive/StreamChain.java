package dev.rivulet.internal.derive;

import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A stream's weights at one save, linked to those that they are made from, back to the untransformed ones. A result may
 * lie in its sources' memory, so a stream that is used holds its whole chain:
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
     * @param source the stream that it is made from; empty if its weights are untransformed
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

    /** Announces a user. */
    void use() {
        users++;
        source.ifPresent(StreamChain::use);
    }

    /** Whether others than one user need these weights. */
    boolean isShared() {
        return users > 1;
    }

    /** A user is done. */
    void release() {
        users--;
        if (users == 0) {
            computed.ifPresent(StreamWeights::close);
            computed = Optional.empty();
        }
        source.ifPresent(StreamChain::release);
    }

    /** The weights must not be used any more, if they are made from a stream's, or are that stream's. */
    void invalidateIfMadeFrom(StreamChain changed) {
        if (contains(changed)) {
            computed.ifPresent(invalidated::add);
            computed = Optional.empty();
        }
    }

    private boolean contains(StreamChain other) {
        return this == other || source.filter(made -> made.contains(other)).isPresent();
    }

    /** The first of this and what it is made from whose transform sees the module, and runs while training waits. */
    Optional<StreamChain> firstThatSeesModule() {
        boolean seesModule = declaration
                .transform()
                .filter(transform -> transform.execution() != Execution.STATIC)
                .isPresent();
        return seesModule ? Optional.of(this) : source.flatMap(StreamChain::firstThatSeesModule);
    }

    /** Frees this stream's memory, whoever uses it. */
    @Override
    public void close() {
        computed.ifPresent(StreamWeights::close);
        computed = Optional.empty();
        invalidated.forEach(StreamWeights::close);
        invalidated.clear();
    }
}
