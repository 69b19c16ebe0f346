package dev.rivulet.optim;

import java.util.List;

/**
 * The hyper-parameters of {@link Adam} and {@link AdamW}, under PyTorch's names.
 *
 * @param <B> the builder itself
 * @since 0.1
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

    /** Sets the decay rates of the moving averages of gradients and squared gradients; each at least 0 and below 1. */
    public final B betas(double beta1, double beta2) {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException(
                    "betas are " + beta1 + " and " + beta2 + "; give numbers of at least 0 and below 1.");
        }
        return option("betas", List.of(beta1, beta2));
    }

    /** Sets the constant added to the divisor; at least 0. */
    public final B eps(double value) {
        return nonNegative("eps", value);
    }

    /** Sets whether to divide by the largest average of squared gradients so far instead of the latest. */
    public final B amsgrad(boolean value) {
        return option("amsgrad", value);
    }
}
