package dev.rivulet.internal.derive;

import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.Optional;

/**
 * The weights of one stream at one save, linked to their source, back to the untransformed weights. A result may lie in
 * the memory of its sources, so a stream that is used holds its whole chain. Used by one thread at a time.
 */
final class StreamChain implements AutoCloseable {
    private final StreamDeclaration declaration;
    private final Optional<StreamChain> source;
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

    /** The weights; empty before they are computed, and once they are freed. */
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

    /** Removes a user. */
    void release() {
        users--;
        if (users == 0) {
            close();
        }
        source.ifPresent(StreamChain::release);
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
    }
}
