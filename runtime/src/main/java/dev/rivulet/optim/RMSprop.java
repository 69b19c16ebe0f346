package dev.rivulet.optim;

import dev.rivulet.internal.optim.Arithmetic;
import dev.rivulet.internal.optim.Update;
import java.util.ArrayList;
import java.util.List;

/**
 * Gradients divided by a running root mean square: {@code torch.optim.RMSprop}.
 *
 * <p>Its state is {@code step}, {@code square_avg}, {@code momentum_buffer} with momentum, and {@code grad_avg} if
 * centered.
 *
 * @since 0.1
 */
public final class RMSprop extends TorchOptimizer {
    private static final String SQUARES = "square_avg";
    private static final String BUFFER = "momentum_buffer";
    private static final String MEAN = "grad_avg";

    private RMSprop(Builder builder) {
        super(builder);
    }

    /** A builder with PyTorch's defaults: learning rate 1e-2, alpha 0.99, eps 1e-8, no momentum or weight decay. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    List<String> arrayKeys(ParamGroup group) {
        List<String> keys = new ArrayList<>(List.of(SQUARES));
        if (group.get("momentum") > 0) {
            keys.add(BUFFER);
        }
        if (group.is("centered")) {
            keys.add(MEAN);
        }
        return keys;
    }

    @Override
    <A> Update<A> update(Arithmetic<A> math, ParamGroup group, long step) {
        double alpha = group.get("alpha");
        Descent<A> descent = descent(math, group);
        if (!group.is("centered")) {
            return (weight, gradient, state) -> {
                A squares = state.array(SQUARES);
                math.averageSquares(squares, gradient, alpha);
                descent.apply(weight, gradient, squares, state);
            };
        }
        return (weight, gradient, state) -> {
            A squares = state.array(SQUARES);
            A mean = state.array(MEAN);
            math.averageSquares(squares, gradient, alpha);
            math.lerp(mean, gradient, 1 - alpha);
            math.withCopy(squares, variance -> {
                math.addSquare(variance, mean, -1);
                descent.apply(weight, gradient, variance, state);
            });
        };
    }

    /** The change of the weight by the gradient over the root of its mean square. */
    private interface Descent<A> {
        void apply(A weight, A gradient, A meanSquare, Update.State<A> state);
    }

    private static <A> Descent<A> descent(Arithmetic<A> math, ParamGroup group) {
        double rate = group.learningRate();
        double eps = group.get("eps");
        double momentum = group.get("momentum");
        if (momentum <= 0) {
            return (weight, gradient, meanSquare, state) ->
                    math.addNormalized(weight, gradient, meanSquare, 1, eps, -rate);
        }
        return (weight, gradient, meanSquare, state) -> {
            A buffer = state.array(BUFFER);
            math.scale(buffer, momentum);
            math.addNormalized(buffer, gradient, meanSquare, 1, eps, 1);
            math.addScaled(weight, buffer, -rate);
        };
    }

    /**
     * Hyper-parameters under PyTorch's names.
     *
     * @since 0.1
     */
    public static final class Builder extends TorchOptimizerBuilder<Builder> {
        private Builder() {
            option("lr", 1e-2);
            option("momentum", 0.0);
            option("alpha", 0.99);
            option("eps", 1e-8);
            option("centered", false);
            option("weight_decay", 0.0);
            option("capturable", false);
            option("foreach", null);
            option("maximize", false);
            option("differentiable", false);
        }

        /** Sets the decay rate of the moving average of squared gradients; at least 0. */
        public Builder alpha(double value) {
            return nonNegative("alpha", value);
        }

        /** Sets the constant added to the divisor; at least 0. */
        public Builder eps(double value) {
            return nonNegative("eps", value);
        }

        /** Sets the momentum factor; at least 0. */
        public Builder momentum(double value) {
            return nonNegative("momentum", value);
        }

        /** Sets whether to divide by the standard deviation of the gradient instead of its root mean square. */
        public Builder centered(boolean value) {
            return option("centered", value);
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
        public RMSprop build() {
            return new RMSprop(this);
        }
    }
}
