package dev.rivulet.processor;

import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** Whether a class of some package can name another class. */
final class Visibility {
    private final Elements elements;
    private final PackageElement from;

    /** Visibility from the package of an element, in which its registry is generated. */
    Visibility(Elements elements, Element element) {
        this.elements = elements;
        this.from = elements.getPackageOf(element);
    }

    /**
     * The type of a name as the module of an element sees it; plain look-ups also find what that module does not read.
     */
    static Optional<TypeElement> visibleType(Elements elements, Element from, String name) {
        ModuleElement module = elements.getModuleOf(from);
        return Optional.ofNullable(
                module == null ? elements.getTypeElement(name) : elements.getTypeElement(module, name));
    }

    /** Whether the class and all that enclose it are public, or not private and of the same package. */
    boolean reaches(TypeElement type) {
        boolean samePackage = elements.getPackageOf(type).equals(from);
        for (Element each = type; each instanceof TypeElement; each = each.getEnclosingElement()) {
            boolean reachable = each.getModifiers().contains(Modifier.PUBLIC)
                    || (samePackage && !each.getModifiers().contains(Modifier.PRIVATE));
            if (!reachable) {
                return false;
            }
        }
        return true;
    }
}
