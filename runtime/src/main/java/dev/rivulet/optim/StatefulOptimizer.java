package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import dev.rivulet.internal.tensor.TensorCopies;
import dev.rivulet.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An optimizer whose state can be saved and restored: PyTorch's optimizers ({@link TorchOptimizer}), and DJL's as
 * {@link RestorableAdam}, {@link RestorableAdamW} and {@link RestorableSgd}.
 *
 * <p>State is identified by the dotted names of the parameters:
 *
 * <pre>{@code
 * optimizer.initialize(parameters);       // done by the trainer, or by OptimizerStep
 * optimizer.loadStateDict(saved);         // when resuming
 * …                                       // steps
 * saved = optimizer.stateDict();          // plain values and copies, safe to give to another thread
 * }</pre>
 *
 * <p>Not thread-safe; use it on the training thread. The creator of the optimizer closes it, which frees the arrays.
 *
 * @since 0.1
 */
public interface StatefulOptimizer extends AutoCloseable {
    /**
     * Creates the state arrays of all trained parameters before the first step, and numbers the parameters as PyTorch
     * does. Frozen parameters are numbered too, but have no state before they are trained. Running statistics of batch
     * normalization, which are buffers in PyTorch, are not numbered.
     *
     * @param parameters all parameters by dotted name, in the model's order
     * @throws IllegalStateException if the optimizer has been used for other parameters
     */
    void initialize(Map<String, Parameter> parameters);

    /** The names of the parameters of each group, in the order of their numbers; empty if unknown. */
    default List<List<String>> parametersByGroup() {
        return List.of();
    }

    /**
     * The live state arrays by name, such as {@code exp_avg.features.0.weight}. They are the same objects until {@link
     * #close}; steps change their values in place, and add those of a parameter that was frozen so far.
     */
    Map<String, NDArray> stateArrays();

    /**
     * The state in the layout of PyTorch's {@code optimizer.state_dict()}: {@code {"state": {index: {"step": …,
     * "exp_avg": …}}, "param_groups": [{"lr": …, "params": [index, …]}]}}.
     *
     * <p>Built from new {@link Map}, {@link List}, {@link Long}, {@link Double}, {@link Boolean} and null
     * values, with a {@link Tensor} for each tensor. Python tuples are lists here.
     *
     * @param tensors returns the tensor for a name of {@link #stateArrays}, for example from a snapshot
     */
    Map<String, @Nullable Object> stateDict(Function<String, Tensor> tensors);

    /**
     * The live arrays by parameter number, as in {@link #stateDict}, and PyTorch's name, such as {@code exp_avg}. A
     * file is read directly into these arrays; without them, its tensors are copied.
     */
    default Map<Long, Map<String, NDArray>> arraysByIndex() {
        return Map.of();
    }

    /** The current state, with copies of the arrays. */
    default Map<String, @Nullable Object> stateDict() {
        return stateDict(new TensorCopies(stateArrays()));
    }

    /**
     * Replaces the state with a result of {@link #stateDict} or of PyTorch. Nothing is changed if it does not match.
     *
     * @param state with tensors as {@link Tensor} or {@link NDArray}; a live array of this optimizer at its own
     *     position keeps its values
     * @throws IllegalStateException before {@link #initialize}
     * @throws MismatchedStateException if the state belongs to another model or another kind of optimizer
     */
    void loadStateDict(Map<String, ?> state);

    /** Frees the state arrays. */
    @Override
    void close();
}
