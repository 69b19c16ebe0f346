package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Gradients divided by the root of the sum of all squares so far: {@code torch.optim.Adagrad}.
 *
 * <p>Its state is {@code step} and {@code sum}.
 */
public final class Adagrad extends TorchOptimizer {
    private static final String SUM = "sum";

    private Adagrad(Builder builder) {
        super(builder);
    }

    /** Learning rate 1e-2, eps 1e-10, and nothing else. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    List<String> arrayKeys(ParamGroup group) {
        return List.of(SUM);
    }

    @Override
    boolean startsWithState() {
        return true;
    }

    @Override
    void fill(ParamGroup group, NDArray array) {
        arithmetic().addScalar(array, group.get("initial_accumulator_value"));
    }

    @Override
    void step(ParameterState state, NDArray weight, NDArray gradient) {
        ParamGroup group = state.group();
        Arithmetic math = arithmetic();
        NDArray sum = state.array(SUM);
        math.addSquare(sum, gradient, 1);
        try (NDArray divisor = sum.sqrt()) {
            math.addScalar(divisor, group.get("eps"));
            double rate = group.learningRate() / (1 + (state.steps() - 1) * group.get("lr_decay"));
            math.addQuotient(weight, gradient, divisor, -rate);
        }
    }

    /** Hyper-parameters under PyTorch's names. */
    public static final class Builder extends TorchOptimizerBuilder<Builder> {
        private Builder() {
            option("lr", 1e-2);
            option("lr_decay", 0.0);
            option("eps", 1e-10);
            option("weight_decay", 0.0);
            option("initial_accumulator_value", 0.0);
            option("foreach", null);
            option("maximize", false);
            option("differentiable", false);
            option("fused", null);
        }

        /** Sets how fast the learning rate shrinks: by 1 / (1 + steps × this); at least 0. */
        public Builder lrDecay(double value) {
            return nonNegative("lr_decay", value);
        }

        /** Sets where the sum starts; at least 0. */
        public Builder initialAccumulatorValue(double value) {
            return nonNegative("initial_accumulator_value", value);
        }

        /** Sets what is added to the divisor; at least 0. */
        public Builder eps(double value) {
            return nonNegative("eps", value);
        }

        @Override
        Builder self() {
            return this;
        }

        @Override
        Builder fresh() {
            return new Builder();
        }

        /** The optimizer. */
        public Adagrad build() {
            return new Adagrad(this);
        }
    }
}
