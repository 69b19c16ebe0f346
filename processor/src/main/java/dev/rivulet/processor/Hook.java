package dev.rivulet.processor;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.ExecutableElement;

/**
 * A method annotated as a condition or as a save or load hook.
 *
 * @param streams the streams that the annotation names; empty means all for save and load hooks
 */
record Hook(HookKind kind, ExecutableElement method, AnnotationUse use, List<AnnotationUse.Located> streams) {

    static Hook read(HookKind kind, AnnotationUse use) {
        return new Hook(kind, (ExecutableElement) use.element(), use, use.strings("value"));
    }

    /** The named streams, in source order. */
    Set<String> streamNames() {
        Set<String> names = new LinkedHashSet<>();
        streams.forEach(stream -> names.add(stream.value()));
        return names;
    }

    /** The same method for other streams. */
    Hook withStreams(List<AnnotationUse.Located> others) {
        return new Hook(kind, method, use, others);
    }
}
