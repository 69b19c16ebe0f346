package dev.rivulet.processor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks that the sources of derived streams exist and do not form a cycle. */
final class SourceCheck {
    private final VisibleStreams visible;
    private final ErrorReporter reporter;
    private final Set<String> reported = new HashSet<>();

    SourceCheck(VisibleStreams visible, ErrorReporter reporter) {
        this.visible = visible;
        this.reporter = reporter;
    }

    void check(List<DeclaredStream> own) {
        for (DeclaredStream stream : own) {
            stream.from().ifPresent(from -> check(stream, from));
        }
    }

    private void check(DeclaredStream stream, String from) {
        Position position = stream.use().at("from");
        if (!visible.knows(from, position, reporter)) {
            return;
        }
        List<String> cycle = cycle(stream);
        if (!cycle.isEmpty() && !reported.contains(stream.name())) {
            reported.addAll(cycle);
            reporter.add(Diagnostic.SOURCE_CYCLE, position, String.join(" <- ", cycle) + " <- " + stream.name());
        }
    }

    /** The streams from a stream through its sources back to itself; empty if they lead elsewhere. */
    private List<String> cycle(DeclaredStream start) {
        List<String> passed = new ArrayList<>();
        Optional<DeclaredStream> stream = Optional.of(start);
        while (stream.isPresent() && !passed.contains(stream.get().name())) {
            passed.add(stream.get().name());
            stream = stream.get().from().flatMap(visible::declaration);
        }
        return stream.filter(last -> last.name().equals(start.name())).isPresent() ? passed : List.of();
    }
}
