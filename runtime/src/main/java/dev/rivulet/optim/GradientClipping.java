package dev.rivulet.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import java.util.List;

/**
 * Limits gradients before the optimizer's step. Both signs are clipped, unlike with {@code clipGrad} of DJL's
 * optimizers.
 *
 * @since 0.1
 */
public interface GradientClipping {
    /** Does not change the gradients. */
    GradientClipping NONE = gradients -> {};

    /**
     * Limits the gradients in place.
     *
     * @param gradients the gradients of all trained parameters
     */
    void clip(List<NDArray> gradients);

    /**
     * Limits every element to [−limit, limit], as {@code torch.nn.utils.clip_grad_value_} does.
     *
     * @param limit a positive number
     */
    static GradientClipping byValue(double limit) {
        requirePositive(limit);
        NDIndex everything = new NDIndex("...");
        return gradients -> {
            for (NDArray gradient : gradients) {
                // DJL creates arrays for both limits in the manager of the clipped array and does not close them.
                try (NDManager scratch = gradient.getManager().newSubManager()) {
                    NDArray alias = gradient.stopGradient();
                    alias.attach(scratch);
                    alias.set(everything, alias.clip(-limit, limit));
                }
            }
        };
    }

    /**
     * Scales all gradients by one factor so that their total 2-norm is at most a limit, as {@code
     * torch.nn.utils.clip_grad_norm_} does: by {@code limit / (norm + 1e-6)} if that is below 1.
     *
     * @param limit a positive number
     */
    static GradientClipping byNorm(double limit) {
        requirePositive(limit);
        return gradients -> {
            double sumOfSquares = 0;
            for (NDArray gradient : gradients) {
                try (NDArray norm = gradient.norm();
                        NDArray exact = norm.toType(DataType.FLOAT64, true)) {
                    double value = exact.getDouble();
                    sumOfSquares += value * value;
                }
            }
            double factor = limit / (Math.sqrt(sumOfSquares) + 1e-6);
            if (!(factor >= 1)) {
                gradients.forEach(gradient -> gradient.muli(factor));
            }
        };
    }

    private static void requirePositive(double limit) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException(
                    "The limit of gradient clipping is " + limit + "; give a positive number.");
        }
    }
}
