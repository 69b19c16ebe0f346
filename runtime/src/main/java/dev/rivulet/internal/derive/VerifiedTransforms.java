package dev.rivulet.internal.derive;

import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.internal.concurrent.UserThread;
import dev.rivulet.internal.declaration.DeclaredStreams;
import dev.rivulet.internal.declaration.StreamGraph;
import dev.rivulet.internal.engine.GradientMode;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.transform.TransformException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls the transforms of a run, and remembers which have been verified to depend on their arguments alone.
 * Used by one thread at a time, apart from what it remembers. Owns the thread of static transforms.
 */
public final class VerifiedTransforms implements AutoCloseable {
    private final StreamGraph graph;
    private final DeclaredStreams registries;
    private final DeterminismCheck check;
    private final Set<String> verified = ConcurrentHashMap.newKeySet();
    private final SlowCalls slowCalls;
    private final ResultMemory resultMemory = new ResultMemory();
    private final UserThread userThread = new UserThread("rivulet-transforms", GradientMode::off);

    /** The transforms of a run; none is verified yet. Closed by the caller. */
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
        return slowCalls.watch(who(stream), () -> registries.transform(stream, weights, context));
    }

    /**
     * Calls a stream's transform, for the writer, on another thread: otherwise the group that is being written could
     * not be completed if the transform calls {@code System.exit}.
     */
    StateDict transformForWriter(String who, String stream, StateDict weights, TransformContext context)
            throws Exception {
        return userThread.call(who, () -> {
            StateDict result;
            boolean interrupted;
            try {
                result = transform(stream, weights, context);
            } catch (InterruptedException e) {
                throw new TransformException(who + " was interrupted.", e); // It does not interrupt training.
            } finally {
                interrupted = Thread.interrupted();
            }
            if (interrupted) {
                throw new TransformException(who + " left its thread interrupted. Let it throw the"
                        + " InterruptedException, or clear the flag with Thread.interrupted().");
            }
            return result;
        });
    }

    private String who(String stream) {
        String member = declaration(stream)
                .transform()
                .map(StreamDeclaration.Transform::member)
                .orElseThrow();
        return "The transform " + member + " of the stream \"" + stream + "\"";
    }

    /** Whether to run a stream's transform twice and compare the results. */
    boolean repeats(String stream) {
        return check == DeterminismCheck.ALWAYS || (check == DeterminismCheck.FIRST && !verified.contains(stream));
    }

    void markVerified(String stream) {
        verified.add(stream);
    }

    @Override
    public void close() {
        userThread.close();
    }
}
