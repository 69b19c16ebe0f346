package dev.rivulet.internal.optim;

import java.util.function.Consumer;

/**
 * In-place, elementwise arithmetic of PyTorch's optimizers, with the rounding of libtorch's default kernels, which
 * multiply and add with a single rounding.
 *
 * @param <A> type of the operands, which all have the same number of elements
 */
public interface Arithmetic<A> {
    /** {@code target *= factor}. */
    void scale(A target, double factor);

    /** {@code target += alpha * addend}; PyTorch's {@code add_(addend, alpha=alpha)}. */
    void addScaled(A target, A addend, double alpha);

    /** {@code target += weight * (end - target)}; PyTorch's {@code lerp_}. */
    void lerp(A target, A end, double weight);

    /** {@code target += value * factor * factor}; PyTorch's {@code addcmul_}. */
    void addSquare(A target, A factor, double value);

    /** {@code target = max(target, other)}. */
    void maximize(A target, A other);

    /** Replaces the target's elements. */
    void copy(A source, A target);

    /** Lends a copy of the operand, which may be changed, for the duration of a call. */
    void withCopy(A original, Consumer<A> use);

    /** {@code target += value * dividend / (sqrt(meanSquare) / correction + eps)}; PyTorch's {@code addcdiv_}. */
    void addNormalized(A target, A dividend, A meanSquare, double correction, double eps, double value);

    /** {@code target = decay * target + (1 - decay) * factor * factor}. */
    default void averageSquares(A target, A factor, double decay) {
        scale(target, decay);
        addSquare(target, factor, 1 - decay);
    }
}
