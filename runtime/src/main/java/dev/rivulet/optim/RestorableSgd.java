package dev.rivulet.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.training.optimizer.Sgd;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * DJL's {@link ai.djl.training.optimizer.Sgd} with a state that can be saved and restored. Its steps are bit-identical
 * to DJL's.
 *
 * <pre>{@code
 * new RestorableSgd(Optimizer.sgd().setLearningRateTracker(tracker), 0.9f)
 * }</pre>
 *
 * <p>Its momentum is called {@code scaled_momentum}, because unlike PyTorch's it is multiplied by the learning rate.
 * Hyper-parameters are private in DJL and not part of the state, and the learning rate tracker receives the number of
 * the step. To resume, build the optimizer and tracker with the same settings. Single device; not thread-safe.
 *
 * @since 0.1
 */
public final class RestorableSgd extends Sgd implements DjlStateful {
    private final DjlState state;

    /**
     * Creates the optimizer with a builder's settings.
     *
     * @param builder DJL's settings
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
