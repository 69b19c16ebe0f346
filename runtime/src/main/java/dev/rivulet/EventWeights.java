package dev.rivulet;

import ai.djl.ndarray.NDManager;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.snapshot.Snapshot;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.tensor.WeightsDigest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of all streams at one save event. Each stream's are computed once, when they are first needed, and freed when
 * the last stream that needs them is done.
 *
 * <p>Used by one thread at a time: the training thread, then the writer's.
 */
final class EventWeights implements AutoCloseable {
    private final StreamGraph graph;
    private final RegistryChain registries;
    private final SaveMoment moment;
    private final Snapshot snapshot;
    private final NDManager parent;
    private final SnapshotGuard guard;
    private final TransformTrust trust;
    private final Map<String, StreamWeights> computed = new HashMap<>();
    private final Map<String, Integer> users = new HashMap<>();
    private final List<StreamWeights> spoiled = new ArrayList<>();

    /**
     * Begins a save event.
     *
     * @param snapshot of this moment; closed by the caller
     * @param guard of the snapshot; closed by the caller
     * @param parent of the managers that hold what transforms make
     */
    EventWeights(
            StreamGraph graph,
            RegistryChain registries,
            SaveMoment moment,
            Snapshot snapshot,
            SnapshotGuard guard,
            NDManager parent,
            TransformTrust trust) {
        this.graph = graph;
        this.registries = registries;
        this.moment = moment;
        this.snapshot = snapshot;
        this.guard = guard;
        this.parent = parent;
        this.trust = trust;
    }

    /**
     * Announces that a stream's weights are needed, and computes what can be computed on the training thread only: the
     * results of transforms that see the module, and what these are made from.
     */
    void prepare(String stream) throws Exception {
        chain(stream).forEach(link -> users.merge(link.name(), 1, Integer::sum));
        complete(stream);
    }

    /** Computes, of a stream that was prepared, what can be computed on the training thread only, unless it is there. */
    void complete(String stream) throws Exception {
        for (StreamDeclaration link : chain(stream)) {
            if (link.transform().filter(EventWeights::seesModule).isPresent()) {
                of(link.name());
                return;
            }
        }
    }

    private boolean isUntransformed(String stream) {
        return graph.stream(stream).transform().isEmpty();
    }

    private static boolean seesModule(StreamDeclaration.Transform transform) {
        return transform.execution() != Execution.STATIC;
    }

    /** A stream has been written; if its weights are untransformed, the file is the snapshot's second copy from now on. */
    void written(String stream, Path file) {
        if (isUntransformed(stream)) {
            guard.saved(file);
        }
    }

    /** A stream's weights. */
    StreamWeights of(String stream) throws Exception {
        // Also for those that are computed: a transform may return what it was given, which lies in the snapshot.
        guard.requireIntact();
        StreamWeights known = computed.get(stream);
        if (known == null) {
            StreamDeclaration declaration = graph.stream(stream);
            known = declaration.transform().isPresent()
                    ? derived(declaration, declaration.transform().get())
                    : untransformed();
            computed.put(stream, known);
        }
        return known;
    }

    /** A stream that was prepared is done, whether it was saved or not. */
    void release(String stream) {
        for (StreamDeclaration link : chain(stream)) {
            if (users.merge(link.name(), -1, Integer::sum) == 0) {
                forget(link.name());
            }
        }
    }

    private void forget(String stream) {
        StreamWeights known = computed.remove(stream);
        if (known != null) {
            known.close();
        }
    }

    /** Forgets a stream's weights that were changed, and all that may lie in their memory; that stays until the end. */
    private void spoil(String stream) {
        for (String name : List.copyOf(computed.keySet())) {
            if (chain(name).stream().anyMatch(link -> link.name().equals(stream))) {
                StreamWeights known = computed.remove(name);
                if (known != null) {
                    spoiled.add(known);
                }
            }
        }
    }

    /** A stream and what it is made from, back to untransformed weights. A result may lie in its sources' memory. */
    private List<StreamDeclaration> chain(String stream) {
        List<StreamDeclaration> chain = new ArrayList<>();
        Optional<String> next = Optional.of(stream);
        while (next.isPresent()) {
            StreamDeclaration link = graph.stream(next.get());
            chain.add(link);
            next = link.transform().map(StreamDeclaration.Transform::from);
        }
        return chain;
    }

    private StreamWeights untransformed() {
        NDManager memory = parent.newSubManager();
        return new StreamWeights(memory, StateDict.ofTensors(snapshot.weights(), memory));
    }

    private StreamWeights derived(StreamDeclaration stream, StreamDeclaration.Transform transform) throws Exception {
        StreamWeights source = of(transform.from());
        guard.prepare(trust.isProven(stream.name()));
        StreamWeights result = transformed(stream, transform, source);
        if (trust.repeats(stream.name())) {
            try (StreamWeights again = transformed(stream, transform, source)) {
                requireSame(transform, result.weights(), again.weights());
            } catch (Throwable failure) {
                result.close();
                throw failure;
            }
        }
        trust.prove(stream.name());
        return result;
    }

    private static void requireSame(StreamDeclaration.Transform transform, StateDict result, StateDict again) {
        for (String name : result.names()) {
            if (!again.names().contains(name) || !again.tensor(name).contentEquals(result.tensor(name))) {
                throw new TransformException("The transform " + transform.member()
                        + ", run twice on the same weights, gave two different tensors \"" + name
                        + "\". Let it depend on its arguments alone, not on random numbers or on earlier calls;"
                        + " or build the trainer with determinismCheck(DeterminismCheck.NEVER).");
            }
        }
    }

    private StreamWeights transformed(
            StreamDeclaration stream, StreamDeclaration.Transform transform, StreamWeights source) throws Exception {
        NDManager memory = parent.newSubManager();
        try {
            TransformContext context = moment.context(stream.name(), transform.from(), memory);
            String digest = isUntransformed(transform.from()) ? snapshot.digest() : source.digest();
            // Arrays of its own, over the same memory: a transform may close what it was given, and others need it
            // still.
            Map<String, Tensor> given = given(transform.from(), source);
            StateDict argument = StateDict.ofTensors(given, memory);
            String who = "The transform of the stream \"" + stream.name() + "\"";
            StateDict result = guard.watch(
                    who,
                    () -> registries.transform(stream.name(), argument, context),
                    () -> refuseChange(who, transform.from(), source, given));
            TransformChecks.check(transform, source.weights(), result);
            return new StreamWeights(memory, result, digest, context);
        } catch (Throwable failure) {
            memory.close();
            throw failure;
        }
    }

    /** What others need and cannot be computed again, because training goes on, is given away as a copy. */
    private Map<String, Tensor> given(String from, StreamWeights source) {
        Map<String, Tensor> given = new LinkedHashMap<>(source.weights().tensors());
        boolean computable = chain(from).stream()
                .noneMatch(link ->
                        link.transform().filter(EventWeights::seesModule).isPresent());
        if (guard.trainingGoesOn() && !computable && users.getOrDefault(from, 0) > 1) {
            given.replaceAll((name, tensor) -> tensor.copy());
        }
        return given;
    }

    /** A transform is a function: what it was given is the same after it. */
    private void refuseChange(String who, String from, StreamWeights source, Map<String, Tensor> given) {
        if (!isUntransformed(from) && !source.digest().equals(WeightsDigest.of(given))) {
            if (source.isChanged()) {
                spoil(from);
            }
            throw SnapshotGuard.changed(who, "the weights of \"" + from + "\"");
        }
    }

    @Override
    public void close() {
        List.copyOf(computed.keySet()).forEach(this::forget);
        spoiled.forEach(StreamWeights::close);
        spoiled.clear();
    }
}
