package dev.rivulet.processor;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import java.util.Optional;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.ModuleElement.ExportsDirective;
import javax.lang.model.element.ModuleElement.RequiresDirective;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/**
 * The standard annotation that marks generated code for tools, if the module of the marked class can use it. It belongs
 * to the module java.compiler, which few modules read; an exported class must not depend on it unless its readers read
 * that module too.
 */
final class GeneratedMarker {
    private static final String MODULE = "java.compiler";

    private final Elements elements;

    GeneratedMarker(Elements elements) {
        this.elements = elements;
    }

    /** The marker for the registry of a class. */
    Optional<AnnotationSpec> on(TypeElement owner) {
        return Visibility.visibleType(elements, owner, "javax.annotation.processing.Generated")
                .filter(marker -> !leaks(owner))
                .map(marker -> AnnotationSpec.builder(ClassName.get(marker))
                        .addMember("value", "$S", RivuletProcessor.class.getName())
                        .build());
    }

    private boolean leaks(TypeElement owner) {
        ModuleElement module = elements.getModuleOf(owner);
        return module != null && !module.isUnnamed() && exports(module, owner) && !requiresTransitively(module);
    }

    private boolean exports(ModuleElement module, TypeElement owner) {
        return ElementFilter.exportsIn(module.getDirectives()).stream()
                .map(ExportsDirective::getPackage)
                .anyMatch(elements.getPackageOf(owner)::equals);
    }

    private static boolean requiresTransitively(ModuleElement module) {
        return ElementFilter.requiresIn(module.getDirectives()).stream()
                .filter(RequiresDirective::isTransitive)
                .anyMatch(
                        required -> required.getDependency().getQualifiedName().contentEquals(MODULE));
    }
}
