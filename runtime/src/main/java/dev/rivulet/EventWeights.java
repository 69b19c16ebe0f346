package dev.rivulet;

import ai.djl.ndarray.NDManager;
import dev.rivulet.format.SafetensorsReader;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.snapshot.LostWeightsException;
import dev.rivulet.snapshot.Snapshot;
import dev.rivulet.snapshot.SnapshotBackup;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The weights of all streams at one save event. Each stream's are computed once, when they are first needed, and freed when
 * the last stream that needs them is done.
 *
 * <p>Transforms are foreign code: what one writes where it must not is noticed and undone. While training waits, the live
 * weights and the snapshot are each other's second copy, and there is a third while a transform has yet to prove that it
 * changes nothing. Later, the file of an untransformed stream is the snapshot's second copy, or a backup in memory if
 * none is written at this event.
 *
 * <p>Used by one thread at a time: the training thread, then the writer's.
 */
final class EventWeights implements AutoCloseable {
    private final StreamGraph graph;
    private final RegistryChain registries;
    private final SaveMoment moment;
    private final Snapshot snapshot;
    private final NDManager parent;
    private final TransformTrust trust;
    private final Map<String, Computed> computed = new HashMap<>();
    private final Map<String, Integer> users = new HashMap<>();
    private final List<Computed> spoiled = new ArrayList<>();
    private boolean trainingGoesOn;
    private @Nullable Path saved;
    private @Nullable SnapshotBackup backup;
    private @Nullable RuntimeException lost;

    /**
     * Begins a save event.
     *
     * @param snapshot of this moment; closed by the caller
     * @param parent of the managers that hold what transforms make
     */
    EventWeights(
            StreamGraph graph,
            RegistryChain registries,
            SaveMoment moment,
            Snapshot snapshot,
            NDManager parent,
            TransformTrust trust) {
        this.graph = graph;
        this.registries = registries;
        this.moment = moment;
        this.snapshot = snapshot;
        this.parent = parent;
        this.trust = trust;
    }

    /** A stream's weights, with what is saved beside them. */
    static final class Computed implements AutoCloseable {
        private final Workspace memory;
        private final StateDict weights;
        private final Optional<String> sourceDigest;
        private final Map<String, Tensor> tensors = new LinkedHashMap<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private @Nullable String digest;

        /** Untransformed weights. */
        private Computed(Workspace memory, StateDict weights) {
            this.memory = memory;
            this.weights = weights;
            this.sourceDigest = Optional.empty();
        }

        /** What a transform has returned, and put into its context. */
        private Computed(Workspace memory, StateDict weights, String sourceDigest, TransformContext context) {
            this.memory = memory;
            // The arrays may be the transform's own, and closed or changed when the call has ended.
            this.weights = weights.kept(memory);
            this.sourceDigest = Optional.of(sourceDigest);
            context.tensors().forEach((name, array) -> tensors.put(name, memory.keep(array)));
            metadata.putAll(context.metadata());
        }

        StateDict weights() {
            return weights;
        }

        /** Digest of the weights from which these were made; empty for untransformed ones. */
        Optional<String> sourceDigest() {
            return sourceDigest;
        }

        /** Tensors that are saved beside the weights. */
        Map<String, Tensor> tensors() {
            return tensors;
        }

        /** Metadata that are saved beside the weights. */
        Map<String, String> metadata() {
            return metadata;
        }

        /** Digest of the weights as they were when they were computed. */
        private String digest() {
            if (digest == null) {
                digest = weights.digest();
            }
            return digest;
        }

        @Override
        public void close() {
            memory.close();
        }

        private boolean isChanged() {
            return digest != null && !digest.equals(weights.digest());
        }
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

    /** From now on the live weights go their own way; called on the thread that computes the rest. */
    void handOver() {
        trainingGoesOn = true;
    }

    /** A stream has been written; if its weights are untransformed, the file is the snapshot's second copy from now on. */
    void written(String stream, Path file) {
        if (isUntransformed(stream)) {
            saved = file;
        }
    }

    /** A stream's weights. */
    Computed of(String stream) throws Exception {
        if (lost != null) {
            // Also of those that are computed: a transform may return what it was given, which lies in the snapshot.
            throw new TransformException("The weights of this step are lost. " + lost.getMessage());
        }
        Computed known = computed.get(stream);
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
        Computed known = computed.remove(stream);
        if (known != null) {
            known.close();
        }
    }

    /** Forgets a stream's weights that were changed, and all that may lie in their memory; that stays until the end. */
    private void spoil(String stream) {
        for (String name : List.copyOf(computed.keySet())) {
            if (chain(name).stream().anyMatch(link -> link.name().equals(stream))) {
                Computed known = computed.remove(name);
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

    private Computed untransformed() {
        Workspace memory = new Workspace(parent);
        return new Computed(memory, StateDict.ofTensors(memory, snapshot.tensors()));
    }

    private Computed derived(StreamDeclaration stream, StreamDeclaration.Transform transform) throws Exception {
        Computed source = of(transform.from());
        snapshot.seal();
        if (backup == null && (trainingGoesOn ? saved == null : !trust.isProven(stream.name()))) {
            backup = snapshot.backup();
        }
        Computed result = transformed(stream, transform, source);
        if (trust.repeats(stream.name())) {
            try (Computed again = transformed(stream, transform, source)) {
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

    private Computed transformed(StreamDeclaration stream, StreamDeclaration.Transform transform, Computed source)
            throws Exception {
        Workspace memory = new Workspace(parent);
        try {
            TransformContext context = new TransformContext(stream.name(), transform.from(), moment, memory.manager());
            String digest = isUntransformed(transform.from()) ? snapshot.digest() : source.digest();
            // Arrays of its own, over the same memory: a transform may close what it was given, and others need it
            // still.
            Map<String, Tensor> given = given(transform.from(), source);
            StateDict argument = StateDict.ofTensors(memory, given);
            StateDict result = guarded(
                    () -> registries.transform(stream.name(), argument, context),
                    () -> refuseChange(stream, transform.from(), source, given));
            TransformChecks.check(transform, source.weights(), result);
            return new Computed(memory, result, digest, context);
        } catch (Throwable failure) {
            memory.close();
            throw failure;
        }
    }

    /**
     * Calls hooks that may add entries to a checkpoint, while training waits.
     *
     * @param who for the message
     * @throws TransformException if they changed weights, which are restored then
     */
    void callHooks(String who, Callable<?> hooks) throws Exception {
        snapshot.seal();
        guarded(hooks, () -> refuseChange(who));
    }

    /** Runs foreign code, then puts right what it wrote where it must not, also if it fails half way. */
    private static <T> T guarded(Callable<T> foreign, Runnable refuseChange) throws Exception {
        T result;
        try {
            result = foreign.call();
        } catch (Throwable failure) {
            try {
                refuseChange.run();
            } catch (RuntimeException change) {
                failure.addSuppressed(change);
            }
            throw failure;
        }
        refuseChange.run();
        return result;
    }

    /** What others need and cannot be computed again, because training goes on, is given away as a copy. */
    private Map<String, Tensor> given(String from, Computed source) {
        Map<String, Tensor> given = new LinkedHashMap<>(source.weights().tensors());
        boolean computable = chain(from).stream()
                .noneMatch(link ->
                        link.transform().filter(EventWeights::seesModule).isPresent());
        if (trainingGoesOn && !computable && users.getOrDefault(from, 0) > 1) {
            given.replaceAll((name, tensor) -> tensor.copy());
        }
        return given;
    }

    /** A transform is a function: what it was given is the same after it. */
    private void refuseChange(StreamDeclaration stream, String from, Computed source, Map<String, Tensor> given) {
        String who = "The transform of the stream \"" + stream.name() + "\"";
        refuseChange(who);
        if (!isUntransformed(from) && !source.digest().equals(WeightsDigest.of(given))) {
            if (source.isChanged()) {
                spoil(from);
            }
            throw new TransformException(changed(who, "the weights of \"" + from + "\""));
        }
    }

    private void refuseChange(String who) {
        Optional<String> changed = trainingGoesOn ? snapshot.firstChanged() : repaired();
        if (changed.isPresent()) {
            if (trainingGoesOn) {
                restore();
            }
            throw new TransformException(changed(who, "\"" + changed.get() + "\""));
        }
    }

    /** Has the live weights and the snapshot put each other right. */
    private Optional<String> repaired() {
        try {
            return snapshot.repairWithLive();
        } catch (LostWeightsException e) {
            if (backup == null) {
                lost = e;
                throw e;
            }
            backup.restore();
            return snapshot.repairWithLive();
        }
    }

    private void restore() {
        try {
            if (saved != null) {
                try (SafetensorsReader reader = SafetensorsReader.open(saved)) {
                    snapshot.restore(reader::read);
                }
            } else if (backup != null) {
                backup.restore();
            }
        } catch (IOException e) {
            lost = new UncheckedIOException("The snapshot could not be restored from " + saved + ".", e);
            throw lost;
        }
    }

    private static String changed(String who, String what) {
        return who + " changed " + what + " in place. The weights have been restored."
                + " Use operations that return a new array, such as mul instead of muli.";
    }

    @Override
    public void close() {
        List.copyOf(computed.keySet()).forEach(this::forget);
        spoiled.forEach(Computed::close);
        spoiled.clear();
        if (backup != null) {
            backup.close();
            backup = null;
        }
    }
}
