package dev.rivulet.processor;

import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** Whether a class of some package can name another class. */
final class Access {
    private final Elements elements;
    private final PackageElement from;

    /** Access from the package in which an element stands, or a class generated beside it. */
    Access(Elements elements, Element beside) {
        this.elements = elements;
        this.from = elements.getPackageOf(beside);
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
