package dev.rivulet.random;

import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.internal.engine.TorchEngine;

/**
 * The random generator of libtorch's CPU operations, such as dropout, {@code randomNormal} and initializers.
 *
 * <p>DJL can seed it, but cannot read or set its state. The state is accessed by native calls on platforms with a known
 * ABI (Linux on x86-64, libtorch 2.7.1), and only after a check in this process: save, draw, restore, and draw the same
 * numbers. Elsewhere, or with {@code -Drivulet.random.torch=reseed}, the generator is seeded before each batch.
 *
 * <p>The generator is shared by the process. Capture and restore it on the training thread between two batches, while
 * no thread draws from it. GPU generators are not supported.
 *
 * @since 0.1
 */
public final class TorchRandom {
    private TorchRandom() {}

    /** The method supported in this process. The first call starts the engine and runs the check. */
    public static RandomMethod method() {
        return Probed.PROBE.generator() == null ? RandomMethod.RESEED_EACH_STEP : RandomMethod.GENERATOR_STATE;
    }

    /** The reason for the method, in one sentence for the log. */
    public static String explanation() {
        return Probed.PROBE.explanation();
    }

    /**
     * Reads the generator's state without changing it.
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

    /** Seeds the CPU generator and those of all GPUs for one step of a run. Supported on every platform. */
    public static void reseed(long seed, long step) {
        TorchEngine.get(); // Loads the library at the first call.
        JniUtils.setSeed(SplitMix64.of(seed, "torch", step).nextLong());
    }

    private static TorchGenerator generator() {
        TorchGenerator generator = Probed.PROBE.generator();
        if (generator == null) {
            throw new IllegalStateException("The state of libtorch's generator cannot be accessed: " + explanation()
                    + " Check TorchRandom.method() first.");
        }
        return generator;
    }

    /** Runs the check once, on first use. */
    private static final class Probed {
        static final TorchProbe PROBE = TorchProbe.run();
    }
}
