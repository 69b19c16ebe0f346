package dev.rivulet.registry;

import dev.rivulet.policy.StreamPolicy;
import java.util.Optional;

/**
 * A stream as a class declares it.
 *
 * @param name the stream's name, its identity
 * @param transform the transform of a derived stream; empty for untransformed weights
 * @param policy when it saves and what it keeps
 */
public record StreamDeclaration(String name, Optional<Transform> transform, StreamPolicy policy) {

    /** The original stream, or a further stream of the untransformed weights. */
    public static StreamDeclaration untransformed(String name, StreamPolicy policy) {
        return new StreamDeclaration(name, Optional.empty(), policy);
    }

    /** A stream of transformed weights. */
    public static StreamDeclaration derived(
            String name, String from, Execution execution, String member, StreamPolicy policy) {
        return new StreamDeclaration(name, Optional.of(new Transform(from, execution, member)), policy);
    }

    /**
     * How a derived stream comes about.
     *
     * @param from name of the stream whose weights are transformed
     * @param execution where the transform may run
     * @param member the transforming method or field for people, such as {@code DigitsModule#halve}
     */
    public record Transform(String from, Execution execution, String member) {}
}
