package dev.rivulet.processor;

import java.util.Optional;
import java.util.stream.Stream;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/**
 * Checks that a fit can find what a class declares: only a module and its supertypes are asked. It warns, as the static
 * transforms of any class can be called to rederive a checkpoint.
 */
final class ModuleCheck {
    private final Elements elements;
    private final Types types;
    private final ErrorReporter reporter;

    ModuleCheck(ProcessingEnvironment environment, ErrorReporter reporter) {
        this.elements = environment.getElementUtils();
        this.types = environment.getTypeUtils();
        this.reporter = reporter;
    }

    /** An interface passes: a module may implement it. */
    void check(TypeElement owner) {
        if (owner.getKind().isClass() && !isModule(owner) && !isSuppressed(owner)) {
            reporter.warn(Diagnostic.NOT_A_MODULE, Position.at(owner), MemberName.of(owner));
        }
    }

    private boolean isModule(TypeElement owner) {
        Optional<TypeElement> module =
                Visibility.visibleType(elements, owner, RuntimeTypes.LIGHTNING_MODULE.canonicalName());
        return module.filter(type -> types.isSubtype(owner.asType(), type.asType()))
                .isPresent();
    }

    private static boolean isSuppressed(TypeElement owner) {
        return Stream.<Element>iterate(owner, TypeElement.class::isInstance, Element::getEnclosingElement)
                .flatMap(type -> AnnotationUse.of(type, SuppressWarnings.class).stream())
                .flatMap(use -> use.strings("value").stream())
                .anyMatch(key -> key.value().equals(Diagnostic.NOT_A_MODULE.id()));
    }
}
