package dev.rivulet.optim;

/**
 * Multiplies the learning rate by a factor every {@code stepSize} epochs: {@code torch.optim.lr_scheduler.StepLR}.
 *
 * @since 0.1
 */
public final class StepLR extends ChainableScheduler {
    /** Multiplies by 0.1 every {@code stepSize} epochs. */
    public StepLR(int stepSize) {
        this(stepSize, 0.1);
    }

    /** Multiplies by {@code gamma} every {@code stepSize} epochs. */
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
