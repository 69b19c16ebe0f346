package dev.rivulet.processor;

import dev.rivulet.annotations.CheckpointStream;
import java.util.Optional;
import javax.lang.model.element.Element;

/**
 * A stream as an annotation declares it.
 *
 * @param name the name as written, legal or not
 * @param from the stream whose weights are transformed; empty for a stream of untransformed weights
 * @param use the declaring annotation: {@code @WeightTransform} of a derived stream, otherwise
 *     {@code @CheckpointStream}
 * @param policy the {@code @CheckpointStream} that belongs to the stream
 */
record DeclaredStream(String name, Optional<String> from, AnnotationUse use, Optional<AnnotationUse> policy) {

    /** A stream of untransformed weights, declared by a policy on the class. */
    static DeclaredStream untransformed(AnnotationUse policy) {
        String name = policy.string("value");
        return new DeclaredStream(
                name.isEmpty() ? CheckpointStream.ORIGINAL : name, Optional.empty(), policy, Optional.of(policy));
    }

    /** A derived stream, declared by a transform. */
    static DeclaredStream derived(AnnotationUse transform, Optional<AnnotationUse> policy) {
        return new DeclaredStream(transform.string("value"), Optional.of(transform.string("from")), transform, policy);
    }

    /** The annotated class, method or field. */
    Element element() {
        return use.element();
    }

    /** Whether the transform may return other names and shapes than those of its source. */
    boolean isLenient() {
        return isDerived() && use.changed("strict").isPresent();
    }

    boolean isDerived() {
        return from.isPresent();
    }
}
