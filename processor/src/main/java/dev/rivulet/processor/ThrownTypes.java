package dev.rivulet.processor;

import java.util.List;
import java.util.TreeMap;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/**
 * What a generated method must declare in its {@code throws} clause: the checked exceptions of the methods that it
 * calls, without duplicates and without subclasses of others.
 */
final class ThrownTypes {
    private final Types types;
    private final Visibility access;
    private final TypeMirror runtimeException;
    private final TypeMirror error;
    private final TypeMirror throwable;

    ThrownTypes(Elements elements, Types types, TypeElement owner) {
        this.types = types;
        this.access = new Visibility(elements, owner);
        this.runtimeException =
                elements.getTypeElement(RuntimeException.class.getName()).asType();
        this.throwable = elements.getTypeElement(Throwable.class.getName()).asType();
        this.error = elements.getTypeElement(Error.class.getName()).asType();
    }

    /** The types to declare, by name. */
    List<TypeElement> declared(List<? extends TypeMirror> thrown) {
        TreeMap<String, TypeElement> checked = new TreeMap<>();
        for (TypeMirror type : thrown) {
            // Source that does not compile may throw anything.
            if (!types.isSubtype(types.erasure(type), throwable)) {
                continue;
            }
            TypeElement reachable = reachable(types.erasure(type));
            if (!types.isSubtype(reachable.asType(), runtimeException) && !types.isSubtype(reachable.asType(), error)) {
                checked.put(reachable.getQualifiedName().toString(), reachable);
            }
        }
        return checked.values().stream()
                .filter(type -> checked.values().stream()
                        .noneMatch(other -> other != type && types.isSubtype(type.asType(), other.asType())))
                .toList();
    }

    /** The type itself, or the nearest superclass that the registry can name. */
    private TypeElement reachable(TypeMirror type) {
        TypeElement element = (TypeElement) ((DeclaredType) type).asElement();
        return access.reaches(element) ? element : reachable(element.getSuperclass());
    }
}
