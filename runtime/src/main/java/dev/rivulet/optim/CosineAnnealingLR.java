package dev.rivulet.optim;

/**
 * Lowers the learning rate along half a cosine, then raises it again: {@code
 * torch.optim.lr_scheduler.CosineAnnealingLR}. I. Loshchilov, F. Hutter, <i>SGDR</i>, 2017, without restarts.
 *
 * @since 0.1
 */
public final class CosineAnnealingLR extends ChainableScheduler {
    /** Anneals to 0 within {@code tMax} epochs. */
    public CosineAnnealingLR(int tMax) {
        this(tMax, 0);
    }

    /** Anneals to {@code etaMin} within {@code tMax} epochs. */
    public CosineAnnealingLR(int tMax, double etaMin) {
        super(named("T_max", positive("tMax", tMax), "eta_min", etaMin));
    }

    @Override
    double next(ParamGroup group, double baseLr) {
        if (isInitial()) {
            return group.learningRate();
        }
        long period = integer("T_max");
        double least = number("eta_min");
        if (stepCount() == 1 && lastEpoch() > 0) {
            return least + (baseLr - least) * (1 + StrictMath.cos(lastEpoch() * Math.PI / period)) / 2;
        }
        if (Math.floorMod(lastEpoch() - 1 - period, 2 * period) == 0) {
            return group.learningRate() + (baseLr - least) * (1 - StrictMath.cos(Math.PI / period)) / 2;
        }
        return (1 + StrictMath.cos(Math.PI * lastEpoch() / period))
                        / (1 + StrictMath.cos(Math.PI * (lastEpoch() - 1) / period))
                        * (group.learningRate() - least)
                + least;
    }

    @Override
    double first(ParamGroup group, double baseLr) {
        double least = number("eta_min");
        return least + (baseLr - least) * 2 / 2;
    }
}
