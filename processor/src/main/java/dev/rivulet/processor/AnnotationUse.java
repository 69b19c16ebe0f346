package dev.rivulet.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.util.ElementFilter;

/**
 * An annotation as it is written on an element: its values and their positions in the source.
 *
 * <p>Reading a value that does not compile, or a required one that is missing, throws an
 * {@link UnresolvedTypeException}: a constant of a class that another processor generates looks the same, and the
 * compiler reports real mistakes itself.
 */
record AnnotationUse(Element element, AnnotationMirror mirror) {
    /** How javac and ECJ print a value that does not compile; a string of that content is printed in quotes. */
    private static final String ERRONEOUS = "<error>";

    /** The uses of an annotation on an element, repeated ones unwrapped, in source order. */
    static List<AnnotationUse> of(Element element, Class<?> annotation) {
        List<AnnotationUse> uses = new ArrayList<>();
        for (AnnotationMirror mirror : element.getAnnotationMirrors()) {
            String type = typeName(mirror);
            if (type.equals(annotation.getCanonicalName())) {
                uses.add(new AnnotationUse(element, mirror));
            } else if (type.equals(annotation.getCanonicalName() + ".List")) {
                for (AnnotationValue repeated : new AnnotationUse(element, mirror).elements("value")) {
                    if (repeated.getValue() instanceof AnnotationMirror inner) {
                        uses.add(new AnnotationUse(element, inner));
                    }
                }
            }
        }
        return uses;
    }

    private static String typeName(AnnotationMirror mirror) {
        return ((TypeElement) mirror.getAnnotationType().asElement())
                .getQualifiedName()
                .toString();
    }

    /** The names of all attributes of the annotation, in the order of its declaration. */
    List<String> attributes() {
        return declaredAttributes()
                .map(attribute -> attribute.getSimpleName().toString())
                .toList();
    }

    /** A string; empty if the attribute is absent or left at its empty default. */
    String string(String attribute) {
        return asString(value(attribute));
    }

    /** The strings of an array, each with its position. */
    List<Located> strings(String attribute) {
        return elements(attribute).stream()
                .map(value -> new Located(asString(value), Position.at(this, value)))
                .toList();
    }

    /** A string of an annotation and its position. */
    record Located(String value, Position position) {}

    /** A value that differs from its default: a String, Integer or Boolean, or the name of an enum constant. */
    Optional<Object> changed(String attribute) {
        Optional<Object> initial = defaultOf(attribute).map(this::constant);
        return explicit(attribute).map(this::constant).filter(value -> !initial.equals(Optional.of(value)));
    }

    /** The position of the value, or of the annotation if the value is not written. */
    Position at(String attribute) {
        return explicit(attribute).map(value -> Position.at(this, value)).orElseGet(() -> Position.at(this));
    }

    private List<AnnotationValue> elements(String attribute) {
        AnnotationValue value = value(attribute);
        checkReadable(value);
        List<AnnotationValue> elements = new ArrayList<>();
        if (value.getValue() instanceof List<?> list) {
            for (Object element : list) {
                elements.add((AnnotationValue) element);
            }
        } else {
            elements.add(value);
        }
        return elements;
    }

    private String asString(AnnotationValue value) {
        checkReadable(value);
        if (value.getValue() instanceof String string) {
            return string;
        }
        throw unreadable(value.toString());
    }

    private AnnotationValue value(String attribute) {
        return explicit(attribute).or(() -> defaultOf(attribute)).orElseThrow(() -> unreadable(attribute));
    }

    private Optional<AnnotationValue> explicit(String attribute) {
        for (Map.Entry<? extends ExecutableElement, ? extends AnnotationValue> entry :
                mirror.getElementValues().entrySet()) {
            if (entry.getKey().getSimpleName().contentEquals(attribute)) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    private Optional<AnnotationValue> defaultOf(String attribute) {
        return declaredAttributes()
                .filter(method -> method.getSimpleName().contentEquals(attribute))
                .findFirst()
                .flatMap(method -> Optional.ofNullable(method.getDefaultValue()));
    }

    private Stream<ExecutableElement> declaredAttributes() {
        return ElementFilter.methodsIn(mirror.getAnnotationType().asElement().getEnclosedElements()).stream();
    }

    private Object constant(AnnotationValue value) {
        checkReadable(value);
        return value.getValue() instanceof VariableElement constant
                ? constant.getSimpleName().toString()
                : value.getValue();
    }

    private void checkReadable(AnnotationValue value) {
        if (value.getValue() == null || value.toString().equals(ERRONEOUS)) {
            throw unreadable(value.toString());
        }
    }

    private UnresolvedTypeException unreadable(String what) {
        return UnresolvedTypeException.compilerReports(element, what);
    }
}
