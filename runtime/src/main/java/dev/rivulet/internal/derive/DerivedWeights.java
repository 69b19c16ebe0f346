package dev.rivulet.internal.derive;

import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.transform.TransformException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Computes the weights of all streams at one save: each once, when first needed. They are freed when the last stream
 * that needs them is done. Owns the computed weights, not the snapshot.
 *
 * <p>No memory that is written to a file, or given to another transform, can be reached by user code: each transform
 * gets copies, made when it asks for them, and what it returns is copied.
 *
 * <p>Used by one thread at a time: the training thread, then the writer thread.
 */
public final class DerivedWeights implements AutoCloseable {
    private final VerifiedTransforms transforms;
    private final SaveContext context;
    private final Snapshot snapshot;
    private final Map<String, StreamChain> chains = new LinkedHashMap<>();
    private boolean trainingContinues;

    /**
     * The weights at a save; none is computed yet.
     *
     * @param snapshot the untransformed weights; closed by the caller
     */
    public DerivedWeights(VerifiedTransforms transforms, SaveContext context, Snapshot snapshot) {
        this.transforms = transforms;
        this.context = context;
        this.snapshot = snapshot;
    }

    /** Notes that training continues. For the writer thread, which uses this from now on. */
    public void handOver() {
        trainingContinues = true;
    }

    /**
     * Announces that a stream's weights are needed, and computes what only the training thread can compute: the results
     * of transforms that see the module, and their sources.
     */
    public void prepare(String stream) throws Exception {
        StreamChain chain = chain(stream);
        chain.use();
        Optional<StreamChain> onTrainingThread = chain.firstThatSeesModule();
        if (onTrainingThread.isPresent()) {
            of(onTrainingThread.get());
        }
    }

    /** A stream's weights. */
    public StreamWeights of(String stream) throws Exception {
        return of(chain(stream));
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
        if (stream.computed().isEmpty()) {
            Optional<StreamDeclaration.Transform> transform =
                    stream.declaration().transform();
            stream.compute(
                    transform.isPresent() ? derived(stream.name(), transform.get()) : new StreamWeights(snapshot));
        }
        return stream.computed().orElseThrow();
    }

    private StreamWeights derived(String stream, StreamDeclaration.Transform transform) throws Exception {
        StreamWeights source = of(chain(transform.from()));
        StreamWeights result = transformed(stream, transform, source);
        if (transforms.repeats(stream)) {
            try (StreamWeights again = transformed(stream, transform, source)) {
                requireSame(transform, result.weights(), again.weights());
                requireSame(transform, result.extraTensors(), again.extraTensors());
            } catch (Throwable failure) {
                result.close();
                throw failure;
            }
        }
        transforms.markVerified(stream);
        return result;
    }

    private static void requireSame(
            StreamDeclaration.Transform transform, Map<String, Tensor> result, Map<String, Tensor> again) {
        Set<String> names = new TreeSet<>(result.keySet());
        names.addAll(again.keySet());
        for (String name : names) {
            Tensor first = result.get(name);
            Tensor second = again.get(name);
            if (first == null || second == null || !first.contentEquals(second)) {
                throw new TransformException("The transform " + transform.member()
                        + ", run twice on the same weights, returned two different tensors \"" + name
                        + "\". Let it depend on its arguments alone, not on random numbers or on earlier calls;"
                        + " or build the trainer with determinismCheck(DeterminismCheck.NEVER).");
            }
        }
    }

    private StreamWeights transformed(String stream, StreamDeclaration.Transform transform, StreamWeights source)
            throws Exception {
        try (CallMemory memory = CallMemory.create()) {
            TransformContext added = memory.context(context, stream, transform.from());
            StateDict argument = memory.argument(source.weights());
            String who = "The transform of the stream \"" + stream + "\"";
            StateDict returned = call(who, stream, argument, added);
            memory.requireArgumentsUnchanged(who);
            Map<String, Tensor> result =
                    TransformResult.checked(transform, source.weights(), returned, memory.hidden());
            Map<String, Tensor> extra =
                    StateDict.of(added.tensors(), added.manager()).views(memory.hidden());
            ResultMemory copies = transforms.resultMemory();
            return new StreamWeights(
                    source,
                    copies.copy(result, source.weights().values()),
                    copies.copy(extra, List.of()),
                    added.metadata());
        }
    }

    private StateDict call(String who, String stream, StateDict argument, TransformContext added) throws Exception {
        return trainingContinues
                ? transforms.transformForWriter(who, stream, argument, added)
                : MutationGuard.watch(snapshot, who, () -> transforms.transform(stream, argument, added));
    }

    @Override
    public void close() {
        chains.values().forEach(StreamChain::close);
    }
}
