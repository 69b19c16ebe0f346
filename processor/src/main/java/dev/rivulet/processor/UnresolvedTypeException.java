package dev.rivulet.processor;

import javax.lang.model.element.Element;

/**
 * Thrown when a class cannot be read yet because it needs something that no compiler round has produced so far, usually
 * a type that another processor generates. The class is read again in the next round.
 */
final class UnresolvedTypeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What was being read; of this round only, so never kept beyond it. */
    private final transient Element element;

    private final String missing;
    private final boolean reportedByCompiler;

    private UnresolvedTypeException(Element element, String missing, boolean reportedByCompiler) {
        super(missing, null, false, false);
        this.element = element;
        this.missing = missing;
        this.reportedByCompiler = reportedByCompiler;
    }

    /** The compiler reports this itself if it stays missing. */
    static UnresolvedTypeException compilerReports(Element element, String missing) {
        return new UnresolvedTypeException(element, missing, true);
    }

    /** A stand-in for a missing type, which the compiler takes for a type like any other. */
    static UnresolvedTypeException standIn(Element element, String missing) {
        return new UnresolvedTypeException(element, missing, false);
    }

    Element element() {
        return element;
    }

    /** What is missing, as the source names it. */
    String missing() {
        return missing;
    }

    /** Whether the compiler itself reports what is missing. */
    boolean reportedByCompiler() {
        return reportedByCompiler;
    }
}
