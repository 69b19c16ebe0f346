package dev.rivulet.internal.derive;

import ai.djl.ndarray.NDManager;
import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls the transforms of a run, and remembers which have been verified to change nothing but their result.
 * Thread-safe; owns nothing.
 */
public final class VerifiedTransforms {
    private final StreamGraph graph;
    private final DeclaredStreams registries;
    private final NDManager parent;
    private final DeterminismCheck check;
    private final Set<String> verified = ConcurrentHashMap.newKeySet();

    /**
     * The transforms of a run; none is verified yet.
     *
     * @param parent parent of the managers that hold their results
     */
    public VerifiedTransforms(StreamGraph graph, DeclaredStreams registries, NDManager parent, DeterminismCheck check) {
        this.graph = graph;
        this.registries = registries;
        this.parent = parent;
        this.check = check;
    }

    public StreamDeclaration declaration(String stream) {
        return graph.stream(stream);
    }

    /** A manager for the result of one call, closed by the caller. */
    NDManager newManager() {
        return parent.newSubManager();
    }

    /** Calls a stream's transform. */
    StateDict transform(String stream, StateDict weights, TransformContext context) throws Exception {
        return registries.transform(stream, weights, context);
    }

    /** Whether a stream's transform has been verified in an earlier call. */
    boolean isVerified(String stream) {
        return verified.contains(stream);
    }

    /** Whether to run a stream's transform twice and compare the results. */
    boolean repeats(String stream) {
        return check == DeterminismCheck.ALWAYS || (check == DeterminismCheck.FIRST && !isVerified(stream));
    }

    void markVerified(String stream) {
        verified.add(stream);
    }
}
