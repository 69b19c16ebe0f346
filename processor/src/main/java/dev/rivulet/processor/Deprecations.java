package dev.rivulet.processor;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.CodeBlock;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.util.Elements;

/**
 * The warnings that generated code would cause by naming deprecated declarations of the user. They are suppressed where
 * they arise and nowhere else: the user knows of these deprecations, and is still warned of others.
 */
final class Deprecations {
    private final Elements elements;

    Deprecations(Elements elements) {
        this.elements = elements;
    }

    /** The keys of the warnings, {@code deprecation} and {@code removal}, that naming the elements causes. */
    Set<String> warnings(Collection<? extends Element> named) {
        return named.stream()
                .filter(elements::isDeprecated)
                .map(element -> isForRemoval(element) ? "removal" : "deprecation")
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isForRemoval(Element element) {
        return AnnotationUse.of(element, Deprecated.class).stream()
                .anyMatch(deprecated -> deprecated.changed("forRemoval").isPresent());
    }

    /** The annotation that suppresses the warnings; empty if there are none. */
    static Optional<AnnotationSpec> suppressing(Set<String> warnings) {
        if (warnings.isEmpty()) {
            return Optional.empty();
        }
        CodeBlock keys = warnings.stream().map(key -> CodeBlock.of("$S", key)).collect(CodeBlock.joining(", "));
        return Optional.of(AnnotationSpec.builder(SuppressWarnings.class)
                .addMember("value", warnings.size() == 1 ? "$L" : "{$L}", keys)
                .build());
    }
}
