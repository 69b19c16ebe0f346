package dev.rivulet.random;

import ai.djl.Device;
import ai.djl.util.RandomUtils;
import java.util.Optional;

/**
 * All random generators of one run: libtorch's, DJL's shared one, and the run's named generators.
 *
 * <pre>{@code
 * TrainingRandom random = new TrainingRandom(42, Device.cpu());
 * random.beginStep(totalBatches);               // before every batch
 * RandomState state = random.capture();         // at a step boundary
 * random.restore(state).ifPresent(logger::warn);
 * }</pre>
 *
 * <p>Not thread-safe; use it on the training thread while no other thread draws from these generators.
 *
 * @since 0.1
 */
public final class TrainingRandom {
    private final NamedRandoms named;
    private final boolean onGpu;
    private RandomMethod method;

    /**
     * Creates the generators of a run. Does not seed or draw.
     *
     * @param seed the seed of named generators and reseeded steps
     * @param device the device of the model; on a GPU every step is reseeded, because the state of its generator is not
     *     accessible
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

    /** How libtorch's generator is continued after a stop. */
    public RandomMethod method() {
        return method;
    }

    /** The reason for the method, in one sentence for the log. */
    public String explanation() {
        return onGpu
                ? "libtorch's generator is seeded before every batch, because a GPU generator's state is not"
                        + " accessible."
                : TorchRandom.explanation();
    }

    /**
     * Seeds libtorch's generators if that is the method. Must be called before every batch, not only before every
     * optimizer step, because a run may be saved and resumed between two accumulated batches.
     *
     * @param totalBatches number of training batches before this one, over all epochs
     */
    public void beginStep(long totalBatches) {
        if (method == RandomMethod.RESEED_EACH_STEP) {
            TorchRandom.reseed(named.seed(), totalBatches);
        }
    }

    /** Captures the states of all generators without changing them. */
    public RandomState capture() {
        Optional<TorchState> torch =
                method == RandomMethod.GENERATOR_STATE ? Optional.of(TorchRandom.capture()) : Optional.empty();
        return new RandomState(named.seed(), method, torch, JavaRandomState.of(RandomUtils.RANDOM), named.capture());
    }

    /**
     * Continues from a state, with the method by which it was captured.
     *
     * @return what cannot be continued exactly and why, as a warning for the user; empty if everything is exact
     * @throws IllegalArgumentException if the state belongs to a run with another seed; nothing is restored in that
     *     case
     */
    public Optional<String> restore(RandomState state) {
        if (state.seed() != named.seed()) {
            throw new IllegalArgumentException("The checkpoint belongs to a run with seed " + state.seed()
                    + ", but this run has seed " + named.seed() + "; set the same seed to resume exactly.");
        }
        named.restore(state.named());
        boolean javaExact = state.java().restoreTo(RandomUtils.RANDOM);
        boolean torchExact = restoreTorch(state);
        if (!torchExact) {
            return Optional.of("The random numbers of libtorch differ from here on: the checkpoint holds the"
                    + " state of its CPU generator, but in this process " + explanation());
        }
        return javaExact
                ? Optional.empty()
                : Optional.of("The next nextGaussian() of DJL's RandomUtils.RANDOM differs: it was computed too"
                        + " long before the checkpoint. All other random numbers continue exactly.");
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
