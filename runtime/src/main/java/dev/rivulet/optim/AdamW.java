package dev.rivulet.optim;

import dev.rivulet.internal.optim.Arithmetic;
import dev.rivulet.internal.optim.Update;
import java.util.List;

/**
 * Adam with decoupled weight decay, applied to the weights directly: {@code torch.optim.AdamW}.
 *
 * <p>Its state is {@code step}, {@code exp_avg}, {@code exp_avg_sq}, and {@code max_exp_avg_sq} with {@code amsgrad}.
 *
 * @since 0.1
 */
public final class AdamW extends TorchOptimizer {
    private AdamW(Builder builder) {
        super(builder);
    }

    /** A builder with PyTorch's defaults: learning rate 1e-3, betas 0.9 and 0.999, eps 1e-8, weight decay 1e-2. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    List<String> arrayKeys(ParamGroup group) {
        return Adam.stateKeys(group);
    }

    @Override
    <A> Update<A> update(Arithmetic<A> math, ParamGroup group, long step) {
        Update<A> adam = Adam.adam(math, group, step);
        double weightDecay = group.get("weight_decay");
        if (weightDecay == 0) {
            return adam;
        }
        double factor = 1 - group.learningRate() * weightDecay;
        return (weight, gradient, state) -> {
            math.scale(weight, factor);
            adam.apply(weight, gradient, state);
        };
    }

    /**
     * Hyper-parameters under PyTorch's names.
     *
     * @since 0.1
     */
    public static final class Builder extends AdamBuilder<Builder> {
        private Builder() {
            super(1e-2, true);
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
        public AdamW build() {
            return new AdamW(this);
        }
    }
}
