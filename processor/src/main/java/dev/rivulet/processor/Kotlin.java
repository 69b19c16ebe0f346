package dev.rivulet.processor;

import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Types;

/** Recognises what is written in Kotlin; processors see the Java stubs that kapt makes of it. */
final class Kotlin {
    private Kotlin() {}

    /** Whether the element, or a class around it, is written in Kotlin. */
    static boolean isLanguageOf(Element element) {
        for (Element each = element; each != null; each = each.getEnclosingElement()) {
            if (each.getAnnotationMirrors().stream()
                    .anyMatch(mirror -> mirror.getAnnotationType().toString().equals("kotlin.Metadata"))) {
                return true;
            }
        }
        return false;
    }

    /** The class that a type is the companion object of; it holds that object in a static field of the same name. */
    static Optional<TypeElement> companionOf(TypeElement type) {
        return Optional.ofNullable(type.getEnclosingElement())
                .filter(TypeElement.class::isInstance)
                .map(TypeElement.class::cast)
                .filter(outer -> isLanguageOf(outer)
                        && ElementFilter.fieldsIn(outer.getEnclosedElements()).stream()
                                .anyMatch(field -> field.getModifiers().contains(Modifier.STATIC)
                                        && field.getSimpleName().equals(type.getSimpleName())));
    }

    /** Whether {@code @JvmStatic} has made a method of a companion a static method of its class, too. */
    static boolean isJvmStatic(Element member, TypeElement outer, Types types) {
        return member instanceof ExecutableElement method
                && ElementFilter.methodsIn(outer.getEnclosedElements()).stream()
                        .anyMatch(twin -> twin.getModifiers().contains(Modifier.STATIC)
                                && twin.getSimpleName().equals(method.getSimpleName())
                                && types.isSubsignature(
                                        (ExecutableType) twin.asType(), (ExecutableType) method.asType()));
    }
}
