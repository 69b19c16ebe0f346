package dev.rivulet.optim;

/** Multiplies the learning rate by a factor every so many epochs: {@code torch.optim.lr_scheduler.StepLR}. */
public final class StepLR extends ChainableScheduler {
    /** Every {@code stepSize} epochs by 0.1. */
    public StepLR(int stepSize) {
        this(stepSize, 0.1);
    }

    /** Every {@code stepSize} epochs by {@code gamma}. */
    public StepLR(int stepSize, double gamma) {
        super(named("step_size", positive("stepSize", stepSize), "gamma", gamma));
    }

    @Override
    double next(ParamGroup group, double baseLr) {
        boolean due = lastEpoch() != 0 && lastEpoch() % integer("step_size") == 0;
        return due ? group.learningRate() * number("gamma") : group.learningRate();
    }

    @Override
    double first(ParamGroup group, double baseLr) {
        return baseLr;
    }
}
