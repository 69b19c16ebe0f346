package dev.rivulet.processor;

import dev.rivulet.policy.PolicyViolation;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.processing.Messager;
import javax.tools.Diagnostic.Kind;

/**
 * Collects the mistakes and doubts of one class and prints them in the order in which they were found. Every position
 * lies inside that class, so that the caret can stand there even if a conflicting declaration is known from a class
 * file only; the message names that declaration.
 */
final class ErrorReporter {
    private record Entry(Kind kind, String message, Position position) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(Diagnostic diagnostic, Position position, Object... details) {
        entries.add(new Entry(Kind.ERROR, diagnostic.message(details), position));
    }

    /** Adds what compiles, but is hardly meant. */
    void warn(Diagnostic diagnostic, Position position, Object... details) {
        entries.add(new Entry(Kind.WARNING, diagnostic.message(details), position));
    }

    void add(PolicyViolation violation, Position position) {
        entries.add(new Entry(Kind.ERROR, "[" + violation.rule().id() + "] " + violation.message(), position));
    }

    void printTo(Messager messager) {
        for (Entry entry : entries) {
            Position position = entry.position();
            messager.printMessage(
                    entry.kind(),
                    entry.message(),
                    position.element(),
                    position.mirror().orElse(null),
                    position.value().orElse(null));
        }
    }
}
