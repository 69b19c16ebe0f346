package dev.rivulet.internal.derive;

import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls the transforms of a run, and remembers which have been verified to depend on their arguments alone.
 * Thread-safe.
 */
public final class VerifiedTransforms {
    private final StreamGraph graph;
    private final DeclaredStreams registries;
    private final DeterminismCheck check;
    private final Set<String> verified = ConcurrentHashMap.newKeySet();
    private final SlowCalls slowCalls;
    private final ResultMemory resultMemory = new ResultMemory();

    /** The transforms of a run; none is verified yet. */
    public VerifiedTransforms(
            StreamGraph graph, DeclaredStreams registries, DeterminismCheck check, SlowCalls slowCalls) {
        this.graph = graph;
        this.registries = registries;
        this.check = check;
        this.slowCalls = slowCalls;
    }

    public StreamDeclaration declaration(String stream) {
        return graph.stream(stream);
    }

    /** Memory for copies of the results. */
    ResultMemory resultMemory() {
        return resultMemory;
    }

    /** Calls a stream's transform. */
    StateDict transform(String stream, StateDict weights, TransformContext context) throws Exception {
        String member = declaration(stream)
                .transform()
                .map(StreamDeclaration.Transform::member)
                .orElseThrow();
        return slowCalls.watch(
                "The transform " + member + " of the stream \"" + stream + "\"",
                () -> registries.transform(stream, weights, context));
    }

    /** Whether to run a stream's transform twice and compare the results. */
    boolean repeats(String stream) {
        return check == DeterminismCheck.ALWAYS || (check == DeterminismCheck.FIRST && !verified.contains(stream));
    }

    void markVerified(String stream) {
        verified.add(stream);
    }
}
