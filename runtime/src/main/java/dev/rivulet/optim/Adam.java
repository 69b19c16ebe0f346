package dev.rivulet.optim;

import dev.rivulet.internal.optim.Arithmetic;
import dev.rivulet.internal.optim.Update;
import java.util.List;

/**
 * Adam, with optional weight decay added to the gradient: {@code torch.optim.Adam}.
 *
 * <p>Its state is {@code step}, {@code exp_avg}, {@code exp_avg_sq}, and {@code max_exp_avg_sq} with {@code amsgrad}.
 *
 * @since 0.1
 */
public final class Adam extends TorchOptimizer {
    private static final String MEAN = "exp_avg";
    private static final String SQUARES = "exp_avg_sq";
    private static final String MAXIMUM = "max_exp_avg_sq";

    private Adam(Builder builder) {
        super(builder);
    }

    /** A builder with PyTorch's defaults: learning rate 1e-3, betas 0.9 and 0.999, eps 1e-8, no weight decay. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    List<String> arrayKeys(ParamGroup group) {
        return stateKeys(group);
    }

    @Override
    <A> Update<A> update(Arithmetic<A> math, ParamGroup group, long step) {
        return adam(math, group, step);
    }

    /** Names of the state arrays of Adam and {@link AdamW}. */
    static List<String> stateKeys(ParamGroup group) {
        return group.is("amsgrad") ? List.of(MEAN, SQUARES, MAXIMUM) : List.of(MEAN, SQUARES);
    }

    /** The update shared by Adam and {@link AdamW}: everything except weight decay. */
    static <A> Update<A> adam(Arithmetic<A> math, ParamGroup group, long step) {
        double beta1 = group.beta(0);
        double beta2 = group.beta(1);
        double correction1 = 1 - StrictMath.pow(beta1, (double) step);
        double correction2 = Math.sqrt(1 - StrictMath.pow(beta2, (double) step));
        double eps = group.get("eps");
        double value = -(group.learningRate() / correction1);
        boolean amsgrad = group.is("amsgrad");
        return (weight, gradient, state) -> {
            A mean = state.array(MEAN);
            A squares = state.array(SQUARES);
            math.lerp(mean, gradient, 1 - beta1);
            math.averageSquares(squares, gradient, beta2);
            if (amsgrad) {
                math.maximize(state.array(MAXIMUM), squares);
                squares = state.array(MAXIMUM);
            }
            math.addNormalized(weight, mean, squares, correction2, eps, value);
        };
    }

    /**
     * Hyper-parameters under PyTorch's names.
     *
     * @since 0.1
     */
    public static final class Builder extends AdamBuilder<Builder> {
        private Builder() {
            super(0, false);
        }

        @Override
        Builder self() {
            return this;
        }

        @Override
        Builder fresh() {
            return new Builder();
        }

        /** Builds the optimizer. */
        public Adam build() {
            return new Adam(this);
        }
    }
}
