package dev.rivulet.optim;

/** Multiplies the learning rate by a factor every epoch: {@code torch.optim.lr_scheduler.ExponentialLR}. */
public final class ExponentialLR extends ChainableScheduler {
    /** Each epoch by {@code gamma}. */
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
