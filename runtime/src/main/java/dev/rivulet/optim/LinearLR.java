package dev.rivulet.optim;

/**
 * Changes the learning rate linearly between two multiples of it, for example as a warm-up: {@code
 * torch.optim.lr_scheduler.LinearLR}.
 *
 * @since 0.1
 */
public final class LinearLR extends ChainableScheduler {
    /** Rises from {@code startFactor} times the learning rate to the full rate within {@code totalIters} epochs. */
    public LinearLR(double startFactor, int totalIters) {
        this(startFactor, 1, totalIters);
    }

    /**
     * Moves from {@code startFactor} times the learning rate to {@code endFactor} times within {@code totalIters}
     * epochs.
     *
     * @param startFactor above 0 and at most 1
     * @param endFactor from 0 to 1
     */
    public LinearLR(double startFactor, double endFactor, int totalIters) {
        super(named(
                "start_factor", between("startFactor", startFactor, Double.MIN_VALUE, 1),
                "end_factor", between("endFactor", endFactor, 0, 1),
                "total_iters", positive("totalIters", totalIters)));
    }

    @Override
    double next(ParamGroup group, double baseLr) {
        double start = number("start_factor");
        double end = number("end_factor");
        long total = integer("total_iters");
        if (lastEpoch() == 0) {
            return group.learningRate() * start;
        }
        if (isInitial() || lastEpoch() > total) {
            return group.learningRate();
        }
        return group.learningRate() * (1.0 + (end - start) / (total * start + (lastEpoch() - 1) * (end - start)));
    }

    @Override
    double first(ParamGroup group, double baseLr) {
        return baseLr * number("start_factor");
    }
}
