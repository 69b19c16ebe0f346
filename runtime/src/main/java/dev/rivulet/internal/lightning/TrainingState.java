package dev.rivulet.internal.lightning;

import dev.rivulet.internal.loop.LoopProgress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run needs, beside its weights, to go on. Values are plain ({@link Map}, {@link List}, {@link String},
 * {@link Boolean}, {@link Long}, {@link Double}, null) with a {@link dev.rivulet.tensor.Tensor} for each tensor, or, in
 * what was read from a file, a {@link dev.rivulet.internal.format.torch.TorchTensor}.
 *
 * @param progress where the loop stands
 * @param optimizerStates of each optimizer, in the layout of PyTorch's {@code optimizer.state_dict()}
 * @param lrSchedulers of each scheduler, in the layout of its {@code state_dict()}
 * @param hyperParameters what the user says the module was made with; may be empty
 * @param own what Lightning has no place for; empty in a file of Lightning's
 */
public record TrainingState(
        LoopProgress progress,
        List<Map<String, @Nullable Object>> optimizerStates,
        List<Map<String, @Nullable Object>> lrSchedulers,
        Map<String, @Nullable Object> hyperParameters,
        Map<String, @Nullable Object> own) {}
