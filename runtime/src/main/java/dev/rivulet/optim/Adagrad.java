package dev.rivulet.optim;

import dev.rivulet.internal.optim.Arithmetic;
import dev.rivulet.internal.optim.Update;
import java.util.List;

/**
 * Gradients divided by the root of the sum of all squares so far: {@code torch.optim.Adagrad}.
 *
 * <p>Its state is {@code step} and {@code sum}.
 *
 * @since 0.1
 */
public final class Adagrad extends TorchOptimizer {
    private static final String SUM = "sum";

    private Adagrad(Builder builder) {
        super(builder);
    }

    /** A builder with PyTorch's defaults: learning rate 1e-2, eps 1e-10, no decay of the learning rate or weights. */
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
    double initialValue(ParamGroup group) {
        return group.get("initial_accumulator_value");
    }

    @Override
    <A> Update<A> update(Arithmetic<A> math, ParamGroup group, long step) {
        double eps = group.get("eps");
        double rate = group.learningRate() / (1 + (step - 1) * group.get("lr_decay"));
        return (weight, gradient, state) -> {
            A sum = state.array(SUM);
            math.addSquare(sum, gradient, 1);
            math.addNormalized(weight, gradient, sum, 1, eps, -rate);
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
            option("lr_decay", 0.0);
            option("eps", 1e-10);
            option("weight_decay", 0.0);
            option("initial_accumulator_value", 0.0);
            option("foreach", null);
            option("maximize", false);
            option("differentiable", false);
            option("fused", null);
        }

        /** Sets the decay of the learning rate to {@code lr / (1 + n * lrDecay)} at step n, from 0; at least 0. */
        public Builder lrDecay(double value) {
            return nonNegative("lr_decay", value);
        }

        /** Sets the initial value of the sum of squares; at least 0. */
        public Builder initialAccumulatorValue(double value) {
            return nonNegative("initial_accumulator_value", value);
        }

        /** Sets the constant added to the divisor; at least 0. */
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

        /** Builds the optimizer. */
        public Adagrad build() {
            return new Adagrad(this);
        }
    }
}
