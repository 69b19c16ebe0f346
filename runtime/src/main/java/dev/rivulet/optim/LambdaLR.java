package dev.rivulet.optim;

import dev.rivulet.internal.format.DictReader;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Multiplies the initial learning rate by a function of the epoch: {@code torch.optim.lr_scheduler.LambdaLR}. The
 * function is not part of the state, so pass the same one when resuming; a state with another learning rate is refused.
 *
 * @since 0.1
 */
public final class LambdaLR extends ChainableScheduler {
    /** Languages may round a function differently, and PyTorch may hold a learning rate in float32. */
    private static final double TOLERANCE = 1e-6;

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

    /** The state of PyTorch's {@code MultiplicativeLR} has the same keys. */
    @Override
    void check(DictReader saved) {
        long epoch = Math.max(0, saved.integer("last_epoch"));
        List<Double> bases = saved.numbers("base_lrs");
        List<Double> rates = saved.numbers("_last_lr");
        for (int i = 0; i < bases.size(); i++) {
            double expected = bases.get(i) * factor.applyAsDouble(epoch);
            if (Math.abs(expected - rates.get(i)) > TOLERANCE * Math.abs(expected)) {
                throw new MismatchedStateException(saved.name() + " has the learning rate " + rates.get(i)
                        + " at epoch " + epoch + ", where this LambdaLR gives " + expected
                        + ": it was saved with another"
                        + " function, or by PyTorch's MultiplicativeLR, whose state has the same keys; pass the function"
                        + " of the saved run.");
            }
        }
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
