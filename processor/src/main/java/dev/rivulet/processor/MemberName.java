package dev.rivulet.processor;

import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/** Names classes and members for messages: {@code Outer.Inner}, {@code Outer.Inner#halve}. */
final class MemberName {
    private MemberName() {}

    static String of(Element element) {
        String name = element.getSimpleName().toString();
        return element.getEnclosingElement() instanceof TypeElement outer
                ? of(outer) + (element instanceof TypeElement ? "." : "#") + name
                : name;
    }
}
