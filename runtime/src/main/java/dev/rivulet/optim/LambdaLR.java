package dev.rivulet.optim;

import java.util.Collections;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Multiplies the initial learning rate by a function of the epoch: {@code torch.optim.lr_scheduler.LambdaLR}. The
 * function is not part of the state, so pass the same one when resuming.
 *
 * @since 0.1
 */
public final class LambdaLR extends ChainableScheduler {
    private final LongToDoubleFunction factor;

    /** Multiplies by a function of the epoch, counted from 0. */
    public LambdaLR(LongToDoubleFunction factor) {
        super(Map.of());
        this.factor = factor;
    }

    /** A linear warm-up from 1 / {@code epochs} of the learning rate to the full rate, constant afterwards. */
    public static LambdaLR warmUp(int epochs) {
        positive("epochs", epochs);
        return new LambdaLR(epoch -> Math.min(1, (epoch + 1.0) / epochs));
    }

    @Override
    public Map<String, @Nullable Object> stateDict() {
        Map<String, @Nullable Object> state = super.stateDict();
        state.put("lr_lambdas", Collections.nCopies(lastLr().size(), null));
        return state;
    }

    @Override
    double next(ParamGroup group, double baseLr) {
        return baseLr * factor.applyAsDouble(lastEpoch());
    }

    @Override
    double first(ParamGroup group, double baseLr) {
        return next(group, baseLr);
    }
}
