package dev.rivulet.internal.derive;

import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.tensor.WeightsDigest;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.transform.TransformException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of all streams at one save. Each stream's are computed once, when they are first needed, and freed when the
 * last stream that needs them is done; {@link StreamChain} shows how.
 *
 * <p>Used by one thread at a time: the training thread, then the writer's.
 */
public final class DerivedWeights implements AutoCloseable {
    private final VerifiedTransforms transforms;
    private final SaveContext context;
    private final Snapshot snapshot;
    private final MutationGuard guard;
    private final Map<String, StreamChain> chains = new LinkedHashMap<>();

    /**
     * The weights at a save, none of them computed.
     *
     * @param snapshot of this moment; closed by the caller
     * @param guard of the snapshot; closed by the caller
     */
    public DerivedWeights(VerifiedTransforms transforms, SaveContext context, Snapshot snapshot, MutationGuard guard) {
        this.transforms = transforms;
        this.context = context;
        this.snapshot = snapshot;
        this.guard = guard;
    }

    /**
     * Announces that a stream's weights are needed, and computes what can be computed on the training thread only: the
     * results of transforms that see the module, and what these are made from.
     */
    public void prepare(String stream) throws Exception {
        chain(stream).use();
        complete(stream);
    }

    /** Computes, of a stream that was prepared, what can be computed on the training thread only, unless it is there. */
    public void complete(String stream) throws Exception {
        Optional<StreamChain> onTrainingThread = chain(stream).firstThatSeesModule();
        if (onTrainingThread.isPresent()) {
            of(onTrainingThread.get());
        }
    }

    /** A stream's weights. */
    public StreamWeights of(String stream) throws Exception {
        return of(chain(stream));
    }

    /** A stream has been written; if its weights are untransformed, the file is the snapshot's second copy from now on. */
    public void written(String stream, Path file) {
        if (chain(stream).isUntransformed()) {
            guard.saved(file);
        }
    }

    /** A stream that was prepared is done, whether it was saved or not. */
    public void release(String stream) {
        chain(stream).release();
    }

    private StreamChain chain(String stream) {
        StreamChain known = chains.get(stream);
        if (known == null) {
            StreamDeclaration declaration = transforms.declaration(stream);
            known = new StreamChain(
                    declaration,
                    declaration
                            .transform()
                            .map(StreamDeclaration.Transform::from)
                            .map(this::chain));
            chains.put(stream, known);
        }
        return known;
    }

    private StreamWeights of(StreamChain stream) throws Exception {
        // Also for those that are computed: a transform may return what it was given, which lies in the snapshot.
        guard.requireIntact();
        if (stream.computed().isEmpty()) {
            Optional<StreamDeclaration.Transform> transform =
                    stream.declaration().transform();
            stream.compute(transform.isPresent() ? derived(stream.name(), transform.get()) : untransformed());
        }
        return stream.computed().orElseThrow();
    }

    private StreamWeights untransformed() {
        NDManager memory = transforms.newManager();
        return new StreamWeights(memory, StateDict.ofTensors(snapshot.weights(), memory));
    }

    private StreamWeights derived(String stream, StreamDeclaration.Transform transform) throws Exception {
        StreamWeights source = of(transform.from());
        guard.prepare(transforms.isVerified(stream));
        StreamWeights result = transformed(stream, transform, source);
        if (transforms.repeats(stream)) {
            try (StreamWeights again = transformed(stream, transform, source)) {
                requireSame(transform, result.weights(), again.weights());
            } catch (Throwable failure) {
                result.close();
                throw failure;
            }
        }
        transforms.markVerified(stream);
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

    private StreamWeights transformed(String stream, StreamDeclaration.Transform transform, StreamWeights source)
            throws Exception {
        StreamChain from = chain(transform.from());
        NDManager memory = transforms.newManager();
        try {
            TransformContext transformContext = context.transformContext(stream, from.name(), memory);
            String digest = from.isUntransformed() ? snapshot.digest() : source.digest();
            // Arrays of its own, over the same memory: a transform may close what it was given, and others need it
            // still.
            Map<String, Tensor> given = given(from, source);
            StateDict argument = StateDict.ofTensors(given, memory);
            String who = "The transform of the stream \"" + stream + "\"";
            StateDict result = guard.watch(
                    who,
                    () -> transforms.transform(stream, argument, transformContext),
                    () -> refuseChange(who, from, source, given));
            StreamWeights.check(transform, source.weights(), result);
            return new StreamWeights(memory, result, digest, transformContext);
        } catch (Throwable failure) {
            memory.close();
            throw failure;
        }
    }

    /** What others need and cannot be computed again, because training continues, is given away as a copy. */
    private Map<String, Tensor> given(StreamChain from, StreamWeights source) {
        Map<String, Tensor> given = new LinkedHashMap<>(source.weights().tensors());
        if (guard.trainingContinues() && from.firstThatSeesModule().isPresent() && from.isShared()) {
            given.replaceAll((name, tensor) -> tensor.copy());
        }
        return given;
    }

    /** A transform is a function: what it was given is the same after it. */
    private void refuseChange(String who, StreamChain from, StreamWeights source, Map<String, Tensor> given) {
        if (!from.isUntransformed() && !source.digest().equals(WeightsDigest.of(given))) {
            if (source.isChanged()) {
                chains.values().forEach(chain -> chain.invalidateIfMadeFrom(from));
            }
            throw MutationGuard.changed(who, "the weights of \"" + from.name() + "\"");
        }
    }

    @Override
    public void close() {
        chains.values().forEach(StreamChain::close);
    }
}
