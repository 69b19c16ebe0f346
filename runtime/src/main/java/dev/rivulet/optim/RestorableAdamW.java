package dev.rivulet.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.training.optimizer.AdamW;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * DJL's own {@link ai.djl.training.optimizer.AdamW} with a state that can be captured and restored. It takes the same
 * steps, bit for bit.
 *
 * <pre>{@code
 * new RestorableAdamW(Optimizer.adamW().optLearningRateTracker(tracker))
 * }</pre>
 *
 * <p>Its state has the names of PyTorch, and the means are interchangeable with PyTorch's; the steps are not, because
 * DJL adds epsilon elsewhere. Hyper-parameters are private in DJL and not part of the state, and the learning rate's
 * tracker is asked with the number of the step: to resume, build both as they were. For one device.
 */
public final class RestorableAdamW extends AdamW implements DjlStateful {
    private final DjlState state;

    /** The optimizer of a builder. */
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
        return state.count(super.updateCount(parameterId));
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
