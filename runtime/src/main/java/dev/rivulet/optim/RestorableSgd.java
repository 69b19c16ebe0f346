package dev.rivulet.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.training.optimizer.Sgd;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * DJL's own {@link ai.djl.training.optimizer.Sgd} with a state that can be captured and restored. It takes the same
 * steps, bit for bit.
 *
 * <pre>{@code
 * new RestorableSgd(Optimizer.sgd().setLearningRateTracker(tracker), 0.9f)
 * }</pre>
 *
 * <p>Its momentum is called {@code scaled_momentum}, since unlike PyTorch's it is multiplied by the learning rate.
 * Hyper-parameters are private in DJL and not part of the state, and the learning rate's tracker is asked with the
 * number of the step: to resume, build both as they were. For one device.
 */
public final class RestorableSgd extends Sgd implements DjlStateful {
    private final DjlState state;

    /**
     * The optimizer of a builder.
     *
     * @param momentum replaces the builder's {@code optMomentum}, which cannot be read; 0 for none
     */
    public RestorableSgd(Builder builder, float momentum) {
        super(builder.optMomentum(momentum));
        state = new DjlState("Sgd", momentum == 0 ? List.of() : List.of("scaled_momentum"));
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
