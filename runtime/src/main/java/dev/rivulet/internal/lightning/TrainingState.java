package dev.rivulet.internal.lightning;

import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.loop.LoopProgress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state that a run needs to resume, in addition to its weights. Values are plain ({@link Map}, {@link List}, {@link
 * String}, {@link Boolean}, {@link Long}, {@link Double}, null); each tensor is a {@link dev.rivulet.tensor.Tensor} or,
 * if it was read from a file, a {@link dev.rivulet.internal.format.torch.TorchTensor}.
 *
 * @param progress the position of the training loop
 * @param optimizerStates of each optimizer, in the layout of PyTorch's {@code optimizer.state_dict()}
 * @param lrSchedulers of each scheduler, in the layout of its {@code state_dict()}
 * @param hyperParameters the hyper-parameters of the module as given by the user; may be empty
 * @param callbacks the states of callbacks by key, in memory; not read with the rest, because they keep Python's types
 * @param own state that Lightning does not have; empty in Lightning's files
 */
public record TrainingState(
        LoopProgress progress,
        List<Map<String, @Nullable Object>> optimizerStates,
        List<Map<String, @Nullable Object>> lrSchedulers,
        Map<String, @Nullable Object> hyperParameters,
        TorchValue.Dict callbacks,
        Map<String, @Nullable Object> own) {

    TrainingState withOptimizerStates(List<Map<String, @Nullable Object>> states) {
        return new TrainingState(progress, states, lrSchedulers, hyperParameters, callbacks, own);
    }

    /** A state without callbacks. */
    public TrainingState(
            LoopProgress progress,
            List<Map<String, @Nullable Object>> optimizerStates,
            List<Map<String, @Nullable Object>> lrSchedulers,
            Map<String, @Nullable Object> hyperParameters,
            Map<String, @Nullable Object> own) {
        this(progress, optimizerStates, lrSchedulers, hyperParameters, TorchValue.Dict.of(Map.of()), own);
    }
}
