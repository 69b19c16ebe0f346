package dev.rivulet.processor;

import java.util.Comparator;
import java.util.Optional;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** Names a class across compiler rounds; its element is valid in one round only. */
record OwnerName(String module, String name) implements Comparable<OwnerName> {
    private static final Comparator<OwnerName> ORDER =
            Comparator.comparing(OwnerName::module).thenComparing(OwnerName::name);

    static OwnerName of(TypeElement type, Elements elements) {
        ModuleElement module = elements.getModuleOf(type);
        return new OwnerName(
                module == null ? "" : module.getQualifiedName().toString(),
                type.getQualifiedName().toString());
    }

    /** The class's element in this round; empty if it is gone, as after a syntax error. */
    Optional<TypeElement> find(Elements elements) {
        ModuleElement owner = elements.getModuleElement(module);
        return Optional.ofNullable(
                owner == null ? elements.getTypeElement(name) : elements.getTypeElement(owner, name));
    }

    @Override
    public int compareTo(OwnerName other) {
        return ORDER.compare(this, other);
    }
}
