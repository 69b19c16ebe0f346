package dev.rivulet.optim;

/**
 * Multiplies the learning rate by a factor for a number of epochs: {@code torch.optim.lr_scheduler.ConstantLR}.
 *
 * @since 0.1
 */
public final class ConstantLR extends ChainableScheduler {
    /**
     * Multiplies for {@code totalIters} epochs.
     *
     * @param factor above 0 and at most 1
     */
    public ConstantLR(double factor, int totalIters) {
        super(named(
                "factor", between("factor", factor, Double.MIN_VALUE, 1),
                "total_iters", positive("totalIters", totalIters)));
    }

    @Override
    double next(ParamGroup group, double baseLr) {
        if (lastEpoch() == 0) {
            return group.learningRate() * number("factor");
        }
        boolean ends = lastEpoch() == integer("total_iters");
        return ends ? group.learningRate() * (1.0 / number("factor")) : group.learningRate();
    }

    @Override
    double first(ParamGroup group, double baseLr) {
        return baseLr * number("factor");
    }
}
