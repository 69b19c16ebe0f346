package dev.rivulet.internal.derive;

import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.file.CheckpointCodec;
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
 * Computes the weights of all streams at one save: each once, when first needed. They are freed when the last stream
 * that needs them is done; {@link StreamChain} shows the states. Owns the computed weights, not the snapshot.
 *
 * <p>Used by one thread at a time: the training thread, then the writer thread.
 */
public final class DerivedWeights implements AutoCloseable {
    private final VerifiedTransforms transforms;
    private final SaveContext context;
    private final Snapshot snapshot;
    private final MutationGuard guard;
    private final Map<String, StreamChain> chains = new LinkedHashMap<>();

    /**
     * The weights at a save; none is computed yet.
     *
     * @param snapshot the untransformed weights; closed by the caller
     * @param guard protects the snapshot; closed by the caller
     */
    public DerivedWeights(VerifiedTransforms transforms, SaveContext context, Snapshot snapshot, MutationGuard guard) {
        this.transforms = transforms;
        this.context = context;
        this.snapshot = snapshot;
        this.guard = guard;
    }

    /**
     * Announces that a stream's weights are needed, and computes what only the training thread can compute: the results
     * of transforms that see the module, and their sources.
     */
    public void prepare(String stream) throws Exception {
        chain(stream).use();
        complete(stream);
    }

    /** Recomputes, for a prepared stream, what only the training thread can compute, if it was invalidated. */
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

    /**
     * Notes that a stream has been written. From now on, a file of untransformed weights is the snapshot's second copy.
     */
    public void written(String stream, CheckpointCodec codec, Path file) {
        if (chain(stream).isUntransformed()) {
            guard.saved(codec, file);
        }
    }

    /** Ends the use of a prepared stream, whether it was saved or not. */
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
        // Needed for computed weights as well: a transform may return its argument, which lies in the snapshot.
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
                        + ", run twice on the same weights, returned two different tensors \"" + name
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
            // Separate arrays over the same memory: a transform may close its argument, which others still need.
            Map<String, Tensor> tensors = argument(from, source);
            StateDict argument = StateDict.ofTensors(tensors, memory);
            String who = "The transform of the stream \"" + stream + "\"";
            StateDict result = guard.watch(
                    who,
                    () -> transforms.transform(stream, argument, transformContext),
                    () -> refuseChange(who, from, source, tensors));
            StreamWeights.check(transform, source.weights(), result);
            return new StreamWeights(memory, result, digest, transformContext);
        } catch (Throwable failure) {
            memory.close();
            throw failure;
        }
    }

    /**
     * The argument of a transform: a copy if others need the original and it cannot be recomputed while training
     * continues.
     */
    private Map<String, Tensor> argument(StreamChain from, StreamWeights source) {
        Map<String, Tensor> argument = new LinkedHashMap<>(source.weights().tensors());
        if (guard.trainingContinues() && from.firstThatSeesModule().isPresent() && from.isShared()) {
            argument.replaceAll((name, tensor) -> tensor.copy());
        }
        return argument;
    }

    /** Refuses a transform that has changed its argument. */
    private void refuseChange(String who, StreamChain from, StreamWeights source, Map<String, Tensor> argument) {
        if (!from.isUntransformed() && !source.digest().equals(WeightsDigest.of(argument))) {
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
