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
 * The transforms of a run, and which of them have been verified to change nothing but what they return. Safe for several
 * threads.
 */
public final class VerifiedTransforms {
    private final StreamGraph graph;
    private final DeclaredStreams registries;
    private final NDManager parent;
    private final DeterminismCheck check;
    private final Set<String> verified = ConcurrentHashMap.newKeySet();

    /**
     * The transforms of a run, none of them verified.
     *
     * @param parent of the managers that hold what they make
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

    /** Owner of what one call makes, to be closed by the caller. */
    NDManager newManager() {
        return parent.newSubManager();
    }

    /** Calls a stream's transform. */
    StateDict transform(String stream, StateDict weights, TransformContext context) throws Exception {
        return registries.transform(stream, weights, context);
    }

    /** Whether a stream's transform has done its work once without harm. */
    boolean isVerified(String stream) {
        return verified.contains(stream);
    }

    /** Whether a stream's transform is to be run twice. */
    boolean repeats(String stream) {
        return check == DeterminismCheck.ALWAYS || (check == DeterminismCheck.FIRST && !isVerified(stream));
    }

    void markVerified(String stream) {
        verified.add(stream);
    }
}
