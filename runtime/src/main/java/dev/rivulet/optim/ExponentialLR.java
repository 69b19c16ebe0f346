package dev.rivulet.optim;

/**
 * Multiplies the learning rate by a factor every epoch: {@code torch.optim.lr_scheduler.ExponentialLR}.
 *
 * @since 0.1
 */
public final class ExponentialLR extends ChainableScheduler {
    /** Multiplies by {@code gamma} each epoch. */
    public ExponentialLR(double gamma) {
        super(named("gamma", gamma));
    }

    @Override
    double next(ParamGroup group, double baseLr) {
        return isInitial() ? group.learningRate() : group.learningRate() * number("gamma");
    }

    @Override
    double first(ParamGroup group, double baseLr) {
        return baseLr;
    }
}
