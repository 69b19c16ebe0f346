package dev.rivulet.internal.declaration;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.policy.FilenameStyle;
import dev.rivulet.policy.StreamName;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.StreamDeclaration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The streams of a run, sources before derived streams: the original one, those that the module declares, and those
 * that the trainer adds, with the trainer's changes to their policies. Immutable.
 *
 * <p>The annotation processor has checked each class; this checks the class hierarchy and the trainer's changes as a
 * whole.
 */
public final class StreamGraph {
    private final Map<String, StreamDeclaration> streams;

    private StreamGraph(Map<String, StreamDeclaration> streams) {
        this.streams = streams;
    }

    /**
     * Checks and orders the streams.
     *
     * @param declared the module's streams
     * @param changes the trainer's changes, by stream
     * @throws IllegalArgumentException if a name, a policy or a source is wrong, or two streams would write the same
     *     files
     */
    public static StreamGraph of(
            Map<String, StreamDeclaration> declared, Map<String, UnaryOperator<StreamPolicy.Builder>> changes) {
        Map<String, StreamDeclaration> all = new LinkedHashMap<>();
        all.put(
                CheckpointStream.ORIGINAL,
                StreamDeclaration.untransformed(
                        CheckpointStream.ORIGINAL, StreamPolicy.builder().build()));
        declared.forEach((name, stream) -> all.put(name, withOwnPointers(stream)));
        Set<String> known = Set.copyOf(all.keySet());
        changes.forEach((name, change) -> all.put(name, changed(name, all, known, change)));
        StreamGraph graph = new StreamGraph(inOrder(all));
        graph.refuseSharedFiles();
        return graph;
    }

    /** The streams, sources first. */
    public Collection<StreamDeclaration> streams() {
        return streams.values();
    }

    /**
     * A stream of this run.
     *
     * @param name the name of one of {@link #streams}
     */
    public StreamDeclaration stream(String name) {
        StreamDeclaration stream = streams.get(name);
        if (stream == null) {
            throw new IllegalArgumentException(unknown(name, streams.keySet()));
        }
        return stream;
    }

    /** Streams may share a directory, so only those of the original stream are named {@code last} and {@code best}. */
    private static StreamDeclaration withOwnPointers(StreamDeclaration stream) {
        FilenameStyle style = stream.policy().filenameStyle();
        if (stream.name().equals(CheckpointStream.ORIGINAL)
                || !style.equals(FilenameStyle.DEFAULT.withAutoInsertMetricName(style.autoInsertMetricName()))) {
            return stream;
        }
        return stream.withPolicy(stream.policy().toBuilder()
                .filenameStyle(style.withLast(stream.name() + style.join() + style.last())
                        .withBest(stream.name() + style.join() + style.best()))
                .build());
    }

    private static StreamDeclaration changed(
            String name,
            Map<String, StreamDeclaration> all,
            Set<String> known,
            UnaryOperator<StreamPolicy.Builder> change) {
        StreamDeclaration stream = all.get(name);
        if (stream == null) {
            StreamName.problem(name).ifPresent(problem -> {
                throw new IllegalArgumentException(problem);
            });
            // A name close to a declared one is a typo; streams added by the trainer may have similar names.
            StreamName.closest(name, known).ifPresent(declared -> {
                throw new IllegalArgumentException(unknown(name, known));
            });
            stream = withOwnPointers(
                    StreamDeclaration.untransformed(name, StreamPolicy.builder().build()));
        }
        try {
            return stream.withPolicy(change.apply(stream.policy().toBuilder()).build());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The policy of the stream \"" + name + "\": " + e.getMessage(), e);
        }
    }

    private static Map<String, StreamDeclaration> inOrder(Map<String, StreamDeclaration> all) {
        Map<String, StreamDeclaration> ordered = new LinkedHashMap<>();
        all.values().stream()
                .filter(stream -> stream.transform().isEmpty())
                .forEach(stream -> ordered.put(stream.name(), stream));
        all.values().forEach(stream -> visit(stream, all, ordered, new ArrayList<>()));
        return ordered;
    }

    private static void visit(
            StreamDeclaration stream,
            Map<String, StreamDeclaration> all,
            Map<String, StreamDeclaration> ordered,
            List<String> path) {
        if (ordered.containsKey(stream.name())) {
            return;
        }
        if (path.contains(stream.name())) {
            throw new IllegalArgumentException("The streams " + path + " form a cycle; derive one of them from \""
                    + CheckpointStream.ORIGINAL + "\".");
        }
        path.add(stream.name());
        String from = stream.transform().orElseThrow().from();
        StreamDeclaration source = all.get(from);
        if (source == null) {
            throw new IllegalArgumentException(
                    "The source of the stream \"" + stream.name() + "\": " + unknown(from, all.keySet()));
        }
        visit(source, all, ordered, path);
        ordered.put(stream.name(), stream);
    }

    private void refuseSharedFiles() {
        Map<String, String> owners = new HashMap<>();
        for (StreamDeclaration stream : streams.values()) {
            for (String file : files(stream)) {
                String other = owners.put(file, stream.name());
                if (other != null) {
                    throw new IllegalArgumentException("The streams \"" + other + "\" and \"" + stream.name()
                            + "\" would write the same files \"" + file
                            + "\"; give one of them another filename, name of last or dirpath.");
                }
            }
        }
    }

    /** Templates of the paths that a stream writes. */
    private static Set<String> files(StreamDeclaration stream) {
        StreamPolicy policy = stream.policy();
        String directory = policy.naming().folder();
        Set<String> files = new LinkedHashSet<>();
        files.add(directory + policy.filenameOf(stream.name()));
        if (policy.saveLast() != SaveLast.OFF) {
            files.add(directory + policy.lastTemplate());
        }
        if (policy.saveBest() != SaveBest.OFF) {
            files.add(directory + policy.bestTemplate());
        }
        return files;
    }

    private static String unknown(String name, Collection<String> known) {
        return "there is no stream \"" + name + "\""
                + StreamName.closest(name, known)
                        .map(closest -> "; did you mean \"" + closest + "\"?")
                        .orElse(", only " + known + ".");
    }
}
