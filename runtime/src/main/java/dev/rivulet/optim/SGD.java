package dev.rivulet.optim;

import dev.rivulet.internal.optim.Arithmetic;
import dev.rivulet.internal.optim.Update;
import java.util.List;

/**
 * Stochastic gradient descent with optional momentum: {@code torch.optim.SGD}.
 *
 * <p>Its state is {@code momentum_buffer} if momentum is not 0. The first step sets it to the gradient, without
 * dampening.
 *
 * @since 0.1
 */
public final class SGD extends TorchOptimizer {
    private static final String BUFFER = "momentum_buffer";

    private SGD(Builder builder) {
        super(builder);
        for (ParamGroup group : paramGroups()) {
            if (group.is("nesterov") && (group.get("momentum") <= 0 || group.get("dampening") != 0)) {
                throw new IllegalArgumentException(
                        "Nesterov momentum needs a momentum above 0 and no dampening, but they are "
                                + group.get("momentum") + " and " + group.get("dampening") + ".");
            }
        }
    }

    /** A builder with PyTorch's defaults: learning rate 1e-3, no momentum or weight decay. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    List<String> arrayKeys(ParamGroup group) {
        return group.get("momentum") == 0 ? List.of() : List.of(BUFFER);
    }

    @Override
    boolean recordsSteps() {
        return false;
    }

    @Override
    <A> Update<A> update(Arithmetic<A> math, ParamGroup group, long step) {
        double rate = group.learningRate();
        double momentum = group.get("momentum");
        if (momentum == 0) {
            return (weight, gradient, state) -> math.addScaled(weight, gradient, -rate);
        }
        double share = 1 - group.get("dampening");
        boolean nesterov = group.is("nesterov");
        return (weight, gradient, state) -> {
            A buffer = state.array(BUFFER);
            if (step == 1) {
                math.copy(gradient, buffer);
            } else {
                math.scale(buffer, momentum);
                math.addScaled(buffer, gradient, share);
            }
            if (nesterov) {
                math.withCopy(gradient, ahead -> {
                    math.addScaled(ahead, buffer, momentum);
                    math.addScaled(weight, ahead, -rate);
                });
            } else {
                math.addScaled(weight, buffer, -rate);
            }
        };
    }

    /**
     * Hyper-parameters under PyTorch's names.
     *
     * @since 0.1
     */
    public static final class Builder extends TorchOptimizerBuilder<Builder> {
        private Builder() {
            option("lr", 1e-3);
            option("momentum", 0.0);
            option("dampening", 0.0);
            option("weight_decay", 0.0);
            option("nesterov", false);
            option("maximize", false);
            option("foreach", null);
            option("differentiable", false);
            option("fused", null);
        }

        /** Sets the momentum factor; at least 0. */
        public Builder momentum(double value) {
            return nonNegative("momentum", value);
        }

        /** Sets the fraction of the gradient that is left out of the momentum. */
        public Builder dampening(double value) {
            return option("dampening", value);
        }

        /** Sets whether to use Nesterov momentum. */
        public Builder nesterov(boolean value) {
            return option("nesterov", value);
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
        public SGD build() {
            return new SGD(this);
        }
    }
}
