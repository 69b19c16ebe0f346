package dev.rivulet.random;

import ai.djl.Device;
import ai.djl.util.RandomUtils;
import java.util.Optional;

/**
 * Everything random in one run: libtorch's generator, the one that DJL shares, and the run's named ones.
 *
 * <pre>{@code
 * TrainingRandom random = new TrainingRandom(42, Device.cpu());
 * random.beginStep(totalBatches);               // before every batch
 * RandomState state = random.capture();         // at a step boundary
 * random.restore(state).ifPresent(logger::warn);
 * }</pre>
 *
 * <p>For the thread that trains, while no other thread draws from these generators.
 */
public final class TrainingRandom {
    private final NamedRandoms named;
    private final boolean onGpu;
    private RandomMethod method;

    /**
     * The randomness of a run. Neither seeds nor draws.
     *
     * @param seed what named generators, and steps that are seeded, depend on
     * @param device where the model is; the state of a GPU's generator is not reached, so there every step is seeded
     */
    public TrainingRandom(long seed, Device device) {
        this(seed, device.isGpu(), device.isGpu() ? RandomMethod.RESEED_EACH_STEP : TorchRandom.method());
    }

    TrainingRandom(long seed, boolean onGpu, RandomMethod method) {
        this.named = new NamedRandoms(seed);
        this.onGpu = onGpu;
        this.method = method;
    }

    /** The run's named generators. */
    public NamedRandoms named() {
        return named;
    }

    /** How libtorch's numbers are continued after a stop. */
    public RandomMethod method() {
        return method;
    }

    /** Why that method was taken, in one sentence for the log. */
    public String explanation() {
        return onGpu
                ? "libtorch's generator is seeded before every batch, because the state of a GPU's cannot be reached."
                : TorchRandom.explanation();
    }

    /**
     * Seeds libtorch's generators, where that is the method. To be called before every training step, so before every
     * batch: a run may be saved, and go on, between two batches whose gradients add up.
     *
     * @param totalBatches training batches before this one, over all epochs
     */
    public void beginStep(long totalBatches) {
        if (method == RandomMethod.RESEED_EACH_STEP) {
            TorchRandom.reseed(named.seed(), totalBatches);
        }
    }

    /** The state of all, which stays as it is. */
    public RandomState capture() {
        Optional<TorchState> torch =
                method == RandomMethod.GENERATOR_STATE ? Optional.of(TorchRandom.capture()) : Optional.empty();
        return new RandomState(named.seed(), method, torch, JavaRandomState.of(RandomUtils.RANDOM), named.capture());
    }

    /**
     * Goes on from a state, by the method that it was captured by.
     *
     * @return what cannot be continued exactly and why, to be told to the user; empty if all is exact
     * @throws IllegalArgumentException if the state is that of a run with another seed; nothing is restored then
     */
    public Optional<String> restore(RandomState state) {
        if (state.seed() != named.seed()) {
            throw new IllegalArgumentException("The checkpoint is of a run with seed " + state.seed()
                    + ", but this one has seed " + named.seed() + "; give it the same to go on exactly.");
        }
        named.restore(state.named());
        boolean javaExact = state.java().restoreTo(RandomUtils.RANDOM);
        boolean torchExact = restoreTorch(state);
        if (!torchExact) {
            return Optional.of("The random numbers of libtorch go on differently from here: the checkpoint holds the"
                    + " state of its CPU generator, but here " + explanation());
        }
        return javaExact
                ? Optional.empty()
                : Optional.of("The next nextGaussian() of DJL's RandomUtils.RANDOM is another one: it was computed too"
                        + " long before the checkpoint; all other random numbers go on exactly.");
    }

    private boolean restoreTorch(RandomState state) {
        method = state.method();
        if (state.torch().isEmpty()) {
            return true;
        }
        if (onGpu || TorchRandom.method() != RandomMethod.GENERATOR_STATE) {
            method = RandomMethod.RESEED_EACH_STEP;
            return false;
        }
        TorchRandom.restore(state.torch().get());
        return true;
    }
}
