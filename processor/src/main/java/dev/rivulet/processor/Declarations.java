package dev.rivulet.processor;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/**
 * What one class declares.
 *
 * @param streams untransformed streams first, then derived ones, each in source order
 * @param hooks in source order
 */
record Declarations(TypeElement owner, List<DeclaredStream> streams, List<Hook> hooks) {

    List<DeclaredStream> untransformed() {
        return streams.stream().filter(stream -> !stream.isDerived()).toList();
    }

    List<DeclaredStream> derived() {
        return streams.stream().filter(DeclaredStream::isDerived).toList();
    }

    List<Hook> hooks(HookKind kind) {
        return hooks.stream().filter(hook -> hook.kind() == kind).toList();
    }

    /** The methods and fields with declarations. */
    Set<Element> members() {
        Set<Element> members = new LinkedHashSet<>();
        derived().forEach(stream -> members.add(stream.element()));
        hooks.forEach(hook -> members.add(hook.method()));
        return members;
    }

    boolean isEmpty() {
        return streams.isEmpty() && hooks.isEmpty();
    }
}
