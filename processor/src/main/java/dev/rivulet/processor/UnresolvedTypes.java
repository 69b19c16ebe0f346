package dev.rivulet.processor;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.IntersectionType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;

/**
 * Finds types that do not exist yet where a decision depends on them. Only the signatures of annotated members and the
 * supertypes of their class count: a class that waited for all its members could wait for itself.
 */
final class UnresolvedTypes {
    /** The type that Kotlin's kapt writes in place of one that it cannot find. */
    private static final String KAPT_STAND_IN = "error.NonExistentClass";

    private final Element element;
    private final Set<String> seen = new HashSet<>();

    private UnresolvedTypes(Element element) {
        this.element = element;
    }

    /**
     * Checks the signature of an annotated method, the type of an annotated field with its supertypes, or the
     * supertypes of a class.
     *
     * @throws UnresolvedTypeException if a type is missing
     */
    static void check(Element element) {
        UnresolvedTypes types = new UnresolvedTypes(element);
        if (element instanceof ExecutableElement method) {
            method.getTypeParameters().stream()
                    .map(TypeParameterElement::getBounds)
                    .forEach(types::checkAll);
            types.check(method.getReturnType());
            method.getParameters().forEach(parameter -> types.check(parameter.asType()));
            types.checkAll(method.getThrownTypes());
        } else if (element instanceof TypeElement type) {
            types.checkSupertypes(type);
        } else {
            types.check(element.asType());
            types.checkHierarchy(element.asType());
        }
    }

    private void checkAll(List<? extends TypeMirror> types) {
        types.forEach(this::check);
    }

    private void check(TypeMirror type) {
        if (type.getKind() == TypeKind.ERROR) {
            throw UnresolvedTypeException.compilerReports(element, type.toString());
        }
        if (type instanceof DeclaredType declared
                && ((TypeElement) declared.asElement()).getQualifiedName().contentEquals(KAPT_STAND_IN)) {
            throw UnresolvedTypeException.standIn(element, KAPT_STAND_IN);
        }
        if (type instanceof ArrayType array) {
            check(array.getComponentType());
        }
    }

    private void checkHierarchy(TypeMirror type) {
        if (type instanceof TypeVariable variable) {
            check(variable.getUpperBound());
            if (seen.add(variable.toString())) {
                checkHierarchy(variable.getUpperBound());
            }
        } else if (type instanceof IntersectionType intersection) {
            intersection.getBounds().forEach(this::checkHierarchy);
        } else if (type instanceof DeclaredType declared) {
            check(declared);
            checkSupertypes((TypeElement) declared.asElement());
        }
    }

    private void checkSupertypes(TypeElement type) {
        if (seen.add(type.getQualifiedName().toString())) {
            checkHierarchy(type.getSuperclass());
            type.getInterfaces().forEach(this::checkHierarchy);
        }
    }
}
