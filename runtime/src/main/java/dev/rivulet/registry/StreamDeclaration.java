package dev.rivulet.registry;

import dev.rivulet.policy.StreamPolicy;
import java.util.Optional;

/**
 * A stream that a class declares.
 *
 * <p>For generated code only. Immutable.
 *
 * @param name the stream's name, its identity
 * @param transform the transform of a derived stream; empty for untransformed weights
 * @param policy when it saves and what it keeps
 * @since 0.1
 */
public record StreamDeclaration(String name, Optional<Transform> transform, StreamPolicy policy) {

    /** A stream of untransformed weights: the original, or an additional one. */
    public static StreamDeclaration untransformed(String name, StreamPolicy policy) {
        return new StreamDeclaration(name, Optional.empty(), policy);
    }

    /** A stream of transformed weights. */
    public static StreamDeclaration derived(
            String name, String from, Execution execution, String member, StreamPolicy policy) {
        return new StreamDeclaration(name, Optional.of(new Transform(from, execution, member, true)), policy);
    }

    /** The same derived stream, whose transform may return other names and shapes than its source has. */
    public StreamDeclaration lenient() {
        return new StreamDeclaration(
                name,
                transform.map(strict -> new Transform(strict.from(), strict.execution(), strict.member(), false)),
                policy);
    }

    /** The same stream with another policy. */
    public StreamDeclaration withPolicy(StreamPolicy changed) {
        return new StreamDeclaration(name, transform, changed);
    }

    /**
     * How the weights of a derived stream are computed.
     *
     * @param from name of the stream whose weights are transformed
     * @param execution where the transform may run
     * @param member the transforming method or field for messages, such as {@code DigitsModule#halve}
     * @param strict whether the result must have the source's names and shapes
     * @since 0.1
     */
    public record Transform(String from, Execution execution, String member, boolean strict) {}
}
