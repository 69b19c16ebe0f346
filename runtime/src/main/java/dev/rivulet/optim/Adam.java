package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Adam, with weight decay added to the gradient if wanted: {@code torch.optim.Adam}.
 *
 * <p>Its state is {@code step}, {@code exp_avg}, {@code exp_avg_sq}, and {@code max_exp_avg_sq} with {@code amsgrad}.
 */
public final class Adam extends TorchOptimizer {
    private Adam(Builder builder) {
        super(builder);
    }

    /** Learning rate 1e-3, betas 0.9 and 0.999, eps 1e-8, no weight decay. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    List<String> arrayKeys(ParamGroup group) {
        return AdamStep.arrayKeys(group);
    }

    @Override
    void step(ParameterState state, NDArray weight, NDArray gradient) {
        AdamStep.take(arithmetic(), state, weight, gradient);
    }

    /** Hyper-parameters under PyTorch's names. */
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

        /** The optimizer. */
        public Adam build() {
            return new Adam(this);
        }
    }
}
