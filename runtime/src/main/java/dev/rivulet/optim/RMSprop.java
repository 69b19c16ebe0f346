package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import dev.rivulet.internal.optim.Arithmetic;
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
    void step(ParameterState state, NDArray weight, NDArray gradient) {
        ParamGroup group = state.group();
        Arithmetic math = arithmetic();
        double alpha = group.get("alpha");
        NDArray squares = state.array(SQUARES);
        math.scale(squares, alpha);
        math.addSquare(squares, gradient, 1 - alpha);
        if (group.is("centered")) {
            NDArray mean = state.array(MEAN);
            math.lerp(mean, gradient, 1 - alpha);
            try (NDArray variance = squares.duplicate()) {
                math.addSquare(variance, mean, -1);
                descend(state, weight, gradient, variance);
            }
        } else {
            descend(state, weight, gradient, squares);
        }
    }

    private void descend(ParameterState state, NDArray weight, NDArray gradient, NDArray meanSquare) {
        ParamGroup group = state.group();
        Arithmetic math = arithmetic();
        double momentum = group.get("momentum");
        try (NDArray divisor = meanSquare.sqrt()) {
            math.addScalar(divisor, group.get("eps"));
            if (momentum > 0) {
                NDArray buffer = state.array(BUFFER);
                math.scale(buffer, momentum);
                math.addQuotient(buffer, gradient, divisor, 1);
                math.addScaled(weight, buffer, -group.learningRate());
            } else {
                math.addQuotient(weight, gradient, divisor, -group.learningRate());
            }
        }
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
