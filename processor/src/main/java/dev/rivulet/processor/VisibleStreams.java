package dev.rivulet.processor;

import dev.rivulet.annotations.CheckpointStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The streams that declarations of a class can name: its own, inherited ones that it does not replace, and the
 * original.
 */
final class VisibleStreams {
    private final Map<String, DeclaredStream> streams = new LinkedHashMap<>();
    private final List<String> names;

    VisibleStreams(List<DeclaredStream> own, InheritedDeclarations inherited) {
        own.forEach(stream -> streams.putIfAbsent(stream.name(), stream));
        inherited.streams().forEach(streams::putIfAbsent);
        List<String> known = new ArrayList<>(streams.keySet());
        if (!known.contains(CheckpointStream.ORIGINAL)) {
            known.add(0, CheckpointStream.ORIGINAL);
        }
        this.names = List.copyOf(known);
    }

    /** All names, the original's included. */
    List<String> names() {
        return names;
    }

    /** The declaration of a stream; empty for an original stream that is not declared. */
    Optional<DeclaredStream> declaration(String name) {
        return Optional.ofNullable(streams.get(name));
    }

    /** Whether the name is known; if not, this is reported. */
    boolean knows(String name, Position position, ErrorReporter reporter) {
        if (names.contains(name)) {
            return true;
        }
        reporter.add(Diagnostic.UNKNOWN_STREAM, position, name, Suggestion.forName(name, names));
        return false;
    }
}
