package dev.rivulet.processor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;

/**
 * What the superclasses and interfaces of a class declare. Their mistakes are reported when they are compiled
 * themselves, and not again here.
 *
 * @param nearestFirst superclasses from the nearest to the farthest, each before its interfaces
 */
record Ancestry(List<Declarations> nearestFirst) {

    /**
     * Reads the supertypes of a class.
     *
     * @throws Unresolved if one of them does not exist yet
     */
    static Ancestry of(TypeElement owner) {
        UnresolvedTypes.check(owner);
        List<Declarations> ancestors = new ArrayList<>();
        collect(owner, ancestors, new HashSet<>());
        return new Ancestry(List.copyOf(ancestors));
    }

    private static void collect(TypeElement type, List<Declarations> ancestors, Set<String> seen) {
        List<TypeMirror> supertypes = new ArrayList<>();
        supertypes.add(type.getSuperclass());
        supertypes.addAll(type.getInterfaces());
        for (TypeMirror supertype : supertypes) {
            if (supertype instanceof DeclaredType declared
                    && declared.asElement() instanceof TypeElement element
                    && seen.add(element.getQualifiedName().toString())) {
                Declarations declarations = DeclarationReader.read(element, new Report());
                if (!declarations.isEmpty()) {
                    ancestors.add(declarations);
                }
                collect(element, ancestors, seen);
            }
        }
    }

    /** The inherited streams by name; of several declarations of one name the nearest. */
    Map<String, DeclaredStream> streams() {
        Map<String, DeclaredStream> streams = new LinkedHashMap<>();
        for (Declarations declarations : nearestFirst) {
            declarations.streams().forEach(stream -> streams.putIfAbsent(stream.name(), stream));
        }
        return streams;
    }

    /** The inherited methods of a kind. */
    List<Hook> hooks(HookKind kind) {
        return nearestFirst.stream()
                .flatMap(declarations -> declarations.hooks(kind).stream())
                .toList();
    }
}
