package dev.rivulet.processor;

import java.util.ArrayList;
import java.util.Collections;
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
 * themselves, not here again.
 *
 * @param nearestFirst in the reverse order of the calls at run time; of several declarations of a name the first wins
 */
record InheritedDeclarations(List<Declarations> nearestFirst) {

    /**
     * Reads the supertypes of a class.
     *
     * @throws UnresolvedTypeException if one of them does not exist yet
     */
    static InheritedDeclarations of(TypeElement owner) {
        UnresolvedTypes.check(owner);
        List<Declarations> ancestors = new ArrayList<>();
        collect(owner, ancestors, new HashSet<>());
        Collections.reverse(ancestors);
        return new InheritedDeclarations(List.copyOf(ancestors));
    }

    /** Supertypes first, superclasses before interfaces: the order in which the runtime calls registries. */
    private static void collect(TypeElement type, List<Declarations> farthestFirst, Set<String> seen) {
        List<TypeMirror> supertypes = new ArrayList<>();
        supertypes.add(type.getSuperclass());
        supertypes.addAll(type.getInterfaces());
        for (TypeMirror supertype : supertypes) {
            if (supertype instanceof DeclaredType declared
                    && declared.asElement() instanceof TypeElement element
                    && seen.add(element.getQualifiedName().toString())) {
                collect(element, farthestFirst, seen);
                Declarations declarations = DeclarationReader.read(element, new ErrorReporter());
                if (!declarations.isEmpty()) {
                    farthestFirst.add(declarations);
                }
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
