package dev.rivulet.processor;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.util.Elements;

/** Checks that names are legal, and that each belongs to one stream of the class and its supertypes. */
final class NameCheck {
    private final Elements elements;
    private final Declarations declarations;
    private final Map<String, DeclaredStream> inherited;
    private final ErrorReporter reporter;
    private final Map<String, DeclaredStream> own = new LinkedHashMap<>();

    NameCheck(Elements elements, Declarations declarations, InheritedDeclarations inherited, ErrorReporter reporter) {
        this.elements = elements;
        this.declarations = declarations;
        this.inherited = inherited.streams();
        this.reporter = reporter;
    }

    /** The streams of the class, one for each name. */
    List<DeclaredStream> check() {
        for (DeclaredStream stream : declarations.streams()) {
            if (isLegal(stream) && !isTaken(stream)) {
                own.put(stream.name(), stream);
            }
        }
        return List.copyOf(own.values());
    }

    private boolean isLegal(DeclaredStream stream) {
        String name = stream.name();
        if (stream.isDerived() && name.equals(CheckpointStream.ORIGINAL)) {
            reporter.add(Diagnostic.RESERVED_STREAM_NAME, position(stream), name);
            return false;
        }
        StreamName.problem(name)
                .ifPresent(problem -> reporter.add(Diagnostic.ILLEGAL_STREAM_NAME, position(stream), problem));
        return true;
    }

    private boolean isTaken(DeclaredStream stream) {
        DeclaredStream other = own.get(stream.name());
        if (other != null) {
            reportSecond(stream, other);
            return true;
        }
        other = inherited.get(stream.name());
        if (other != null && !replaces(stream, other)) {
            reportInherited(stream, other);
            return true;
        }
        reportNearDuplicate(stream);
        return false;
    }

    private void reportSecond(DeclaredStream second, DeclaredStream first) {
        if (!second.isDerived()) {
            reporter.add(Diagnostic.DUPLICATE_POLICY, position(second), second.name());
        } else if (first.isDerived()) {
            reporter.add(
                    Diagnostic.DUPLICATE_TRANSFORM, position(second), second.name(), MemberName.of(first.element()));
        } else {
            // Untransformed streams come first, so the misplaced one is that.
            reporter.add(Diagnostic.MISPLACED_POLICY, position(first), first.name(), MemberName.of(second.element()));
        }
    }

    private void reportInherited(DeclaredStream stream, DeclaredStream inherited) {
        reporter.add(
                stream.isDerived() ? Diagnostic.DUPLICATE_TRANSFORM : Diagnostic.MISPLACED_POLICY,
                position(stream),
                stream.name(),
                MemberName.of(inherited.element()));
    }

    /** A policy may be replaced, and an override may repeat the declaration of the method that it overrides. */
    private boolean replaces(DeclaredStream stream, DeclaredStream inherited) {
        if (!stream.isDerived()) {
            return !inherited.isDerived();
        }
        return stream.element() instanceof ExecutableElement method
                && inherited.element() instanceof ExecutableElement overridden
                && elements.overrides(method, overridden, declarations.owner());
    }

    private void reportNearDuplicate(DeclaredStream stream) {
        List<String> others = new ArrayList<>(own.keySet());
        others.addAll(inherited.keySet());
        others.add(CheckpointStream.ORIGINAL);
        others.stream()
                .filter(other ->
                        !other.equals(stream.name()) && simplified(other).equals(simplified(stream.name())))
                .findFirst()
                .ifPresent(
                        other -> reporter.add(Diagnostic.NEAR_DUPLICATE_NAME, position(stream), stream.name(), other));
    }

    /** A name without what users and file systems may not distinguish: case and punctuation. */
    private static String simplified(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[._-]", "");
    }

    private static Position position(DeclaredStream stream) {
        return stream.use().at("value");
    }
}
