package dev.rivulet.processor;

import java.util.Optional;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;

/** What the caret of a message points at: a value of an annotation, an annotation, or an element's name. */
record Position(Element element, Optional<AnnotationMirror> mirror, Optional<AnnotationValue> value) {

    static Position at(Element element) {
        return new Position(element, Optional.empty(), Optional.empty());
    }

    static Position at(AnnotationUse use) {
        return new Position(use.element(), Optional.of(use.mirror()), Optional.empty());
    }

    static Position at(AnnotationUse use, AnnotationValue value) {
        return new Position(use.element(), Optional.of(use.mirror()), Optional.of(value));
    }
}
