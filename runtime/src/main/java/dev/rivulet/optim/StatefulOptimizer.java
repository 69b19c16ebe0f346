package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import dev.rivulet.tensor.Tensor;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An optimizer whose state can be captured and restored: PyTorch's ({@link TorchOptimizer}), and DJL's own in
 * {@link RestorableAdam}, {@link RestorableAdamW} and {@link RestorableSgd}.
 *
 * <p>State is kept under the dotted names of the parameters. Where an exact resume needs it, a fit runs
 *
 * <pre>{@code
 * optimizer.initialize(parameters);              // OptimizerStep does it
 * optimizer.loadStateDict(checkpoint);           // when resuming
 * …                                              // steps; at a step boundary:
 * Snapshot snapshot = pool.take();               // a pool of the weights and of optimizer.stateArrays()
 * optimizer.stateDict(snapshot.state()::get);    // plain values, safe to give to another thread
 * }</pre>
 *
 * <p>For the thread that trains. Whoever made the optimizer closes it, which frees the arrays.
 */
public interface StatefulOptimizer extends AutoCloseable {
    /**
     * Makes the arrays of all trained parameters' state, so that they exist before the first step, and numbers the
     * parameters as PyTorch does. Frozen parameters are numbered, too, but have no state; running statistics of batch
     * normalization, which are buffers in PyTorch, are left out.
     *
     * @param parameters all parameters by dotted name, in the model's order
     * @throws IllegalStateException if the optimizer has been used for other parameters
     */
    void initialize(Map<String, Parameter> parameters);

    /**
     * The live arrays of the state, such as {@code exp_avg.features.0.weight}: the same objects until {@link #close}.
     * Steps change their values in place.
     */
    Map<String, NDArray> stateArrays();

    /**
     * The state in the layout of PyTorch's {@code optimizer.state_dict()}: {@code {"state": {index: {"step": …,
     * "exp_avg": …}}, "param_groups": [{"lr": …, "params": [index, …]}]}}.
     *
     * <p>Made of new {@link Map}, {@link java.util.List}, {@link Long}, {@link Double}, {@link Boolean} and null, with
     * a {@link Tensor} for each tensor. What is a tuple in Python is a list here.
     *
     * @param tensors gives the tensor for a name of {@link #stateArrays}, such as one out of a snapshot
     */
    Map<String, @Nullable Object> stateDict(Function<String, Tensor> tensors);

    /**
     * The live arrays again: of each parameter by the number that it has in {@link #stateDict} and by PyTorch's names,
     * such as {@code exp_avg}, for a file to be read straight into them. Where it is empty, the file's tensors are
     * copied.
     */
    default Map<Long, Map<String, NDArray>> arraysByIndex() {
        return Map.of();
    }

    /** The state as it is now, with copies of the arrays. */
    default Map<String, @Nullable Object> stateDict() {
        return stateDict(new TensorCopies(stateArrays()));
    }

    /**
     * Replaces the state by one that {@link #stateDict} or PyTorch made. Nothing is changed if it does not fit.
     *
     * @param state whose tensors are {@link Tensor} or {@link NDArray}; a live array of this optimizer at its own
     *     position keeps its values
     * @throws IllegalStateException before {@link #initialize}
     * @throws MismatchedStateException if it belongs to another model or another kind of optimizer
     */
    void loadStateDict(Map<String, ?> state);

    /** Frees the arrays of the state. */
    @Override
    void close();
}
