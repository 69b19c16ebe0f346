package dev.rivulet.optim;

import java.util.List;

/**
 * The hyper-parameters of {@link Adam} and {@link AdamW}, under PyTorch's names.
 *
 * @param <B> the builder itself
 */
public abstract class AdamBuilder<B extends AdamBuilder<B>> extends TorchOptimizerBuilder<B> {
    AdamBuilder(double weightDecay, boolean decoupled) {
        option("lr", 1e-3);
        option("betas", List.of(0.9, 0.999));
        option("eps", 1e-8);
        option("weight_decay", weightDecay);
        option("amsgrad", false);
        option("maximize", false);
        option("foreach", null);
        option("capturable", false);
        option("differentiable", false);
        option("fused", null);
        option("decoupled_weight_decay", decoupled);
    }

    /** Sets how much of the means of gradients and of their squares a step keeps; both at least 0 and below 1. */
    public final B betas(double beta1, double beta2) {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException(
                    "betas are " + beta1 + " and " + beta2 + "; give numbers of at least 0 and below 1.");
        }
        return option("betas", List.of(beta1, beta2));
    }

    /** Sets what is added to the divisor; at least 0. */
    public final B eps(double value) {
        return nonNegative("eps", value);
    }

    /** Sets whether the largest mean of squares so far is used, instead of the newest. */
    public final B amsgrad(boolean value) {
        return option("amsgrad", value);
    }
}
