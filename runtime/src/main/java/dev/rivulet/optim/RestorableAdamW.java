package dev.rivulet.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.training.optimizer.AdamW;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * DJL's {@link ai.djl.training.optimizer.AdamW} with a state that can be saved and restored. Its steps are
 * bit-identical to DJL's.
 *
 * <pre>{@code
 * new RestorableAdamW(Optimizer.adamW().optLearningRateTracker(tracker))
 * }</pre>
 *
 * <p>The state uses PyTorch's names, and its averages are interchangeable with PyTorch's; the steps are not, because
 * DJL adds epsilon at another position. Hyper-parameters are private in DJL and not part of the state, and the learning
 * rate tracker receives the number of the step. To resume, build the optimizer and tracker with the same settings.
 * Single device; not thread-safe.
 *
 * @since 0.1
 */
public final class RestorableAdamW extends AdamW implements DjlStateful {
    private final DjlState state;

    /** Creates the optimizer with a builder's settings. */
    public RestorableAdamW(Builder builder) {
        super(builder);
        state = new DjlState("AdamW", List.of("exp_avg", "exp_avg_sq"));
    }

    @Override
    public DjlState state() {
        return state;
    }

    @Override
    protected int updateCount(String parameterId) {
        return state.count(parameterId, super.updateCount(parameterId));
    }

    @Override
    protected NDArray withDefaultState(
            Map<String, Map<Device, NDArray>> map,
            String key,
            Device device,
            Function<String, NDArray> defaultFunction) {
        return state.array(map, key, device);
    }
}
