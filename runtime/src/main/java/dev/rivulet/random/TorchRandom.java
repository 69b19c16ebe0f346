package dev.rivulet.random;

import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.internal.engine.TorchEngine;

/**
 * The random generator of libtorch's CPU operations: dropout, {@code randomNormal}, initializers.
 *
 * <p>DJL can seed it, but neither read nor set its state, so the state is reached by native calls where those are known
 * to be right (Linux on x86-64, libtorch 2.7.1) and were seen to work in this process: before the first use, the state
 * is saved, numbers are drawn, the state is restored, and the same numbers must come. Elsewhere the generator can be
 * seeded for each batch. {@code -Drivulet.random.torch=reseed} asks for that.
 *
 * <p>The process has one such generator. It is to be captured and restored while nobody draws from it, so between two
 * batches, on the thread that trains. Generators of GPUs are not reached.
 */
public final class TorchRandom {
    private TorchRandom() {}

    /** What is possible in this process. Starts the engine at the first call, and tries it out. */
    public static RandomMethod method() {
        return Probed.PROBE.generator() == null ? RandomMethod.RESEED_EACH_STEP : RandomMethod.GENERATOR_STATE;
    }

    /** Why it is so, in one sentence for the log. */
    public static String explanation() {
        return Probed.PROBE.explanation();
    }

    /**
     * The generator's state, which stays as it is.
     *
     * @throws IllegalStateException if {@link #method} is not {@link RandomMethod#GENERATOR_STATE}
     */
    public static TorchState capture() {
        return generator().state();
    }

    /**
     * Sets the generator's state.
     *
     * @throws IllegalStateException if {@link #method} is not {@link RandomMethod#GENERATOR_STATE}
     */
    public static void restore(TorchState state) {
        generator().setState(state);
    }

    /** Seeds the generator, and those of all GPUs, for one step of a run. Always possible. */
    public static void reseed(long seed, long step) {
        TorchEngine.get(); // Loads the library at the first call.
        JniUtils.setSeed(SplitMix64.of(seed, "torch", step).nextLong());
    }

    private static TorchGenerator generator() {
        TorchGenerator generator = Probed.PROBE.generator();
        if (generator == null) {
            throw new IllegalStateException("The state of libtorch's generator cannot be reached: " + explanation()
                    + " Ask TorchRandom.method() first.");
        }
        return generator;
    }

    /** Tried out once, when first asked for. */
    private static final class Probed {
        static final TorchProbe PROBE = TorchProbe.run();
    }
}
