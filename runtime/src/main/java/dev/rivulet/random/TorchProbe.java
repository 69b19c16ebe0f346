package dev.rivulet.random;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.LibUtils;
import dev.rivulet.internal.engine.TorchEngine;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the state of libtorch's generator can be saved and restored in this process.
 *
 * <p>Native calls could crash the process, so platform and version are checked first against those with a known ABI.
 * Then saving and restoring are tried; the generator has its original state afterwards.
 */
final class TorchProbe {
    /** The value {@code reseed} disables all native calls. */
    static final String PROPERTY = "rivulet.random.torch";

    private static final String KNOWN_VERSION = "2.7.1";
    private static final Shape DRAWN = new Shape(5);

    private final @Nullable TorchGenerator generator;
    private final String explanation;

    private TorchProbe(@Nullable TorchGenerator generator, String explanation) {
        this.generator = generator;
        this.explanation = explanation;
    }

    /** The generator, or null if its state cannot be accessed. */
    @Nullable
    TorchGenerator generator() {
        return generator;
    }

    /** The result of the check, in one sentence. */
    String explanation() {
        return explanation;
    }

    /** Runs the check. No other thread may draw from libtorch meanwhile. */
    static TorchProbe run() {
        String platform = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if ("reseed".equals(System.getProperty(PROPERTY))) {
            return failed("-D" + PROPERTY + "=reseed is set");
        }
        if (!isKnown(platform)) {
            return failed("the native calls are not verified for " + platform);
        }
        try (NDManager manager = TorchEngine.get().newBaseManager(Device.cpu())) {
            String version = LibUtils.getVersion();
            if (!version.startsWith(KNOWN_VERSION)) {
                return failed("the native calls are not verified for libtorch " + version);
            }
            TorchGenerator generator = new TorchGenerator(Path.of(LibUtils.getLibtorchPath(), "libtorch_cpu.so"));
            return restores(generator, manager)
                    ? new TorchProbe(generator, "The state of libtorch's CPU generator is saved and restored.")
                    : failed("a restored generator drew different numbers");
        } catch (LinkageError | IllegalArgumentException e) { // JNA or a function is missing, or a bad state.
            return failed(e.toString());
        }
    }

    private static TorchProbe failed(String reason) {
        return new TorchProbe(null, "libtorch's generator is seeded before every batch, because " + reason + ".");
    }

    private static boolean isKnown(String platform) {
        String name = platform.toLowerCase(Locale.ROOT);
        return name.equals("linux on amd64") || name.equals("linux on x86_64");
    }

    /** Uniform numbers use the words of the state; an odd count of normal numbers uses its cached second value. */
    private static boolean restores(TorchGenerator generator, NDManager manager) {
        TorchState before = TorchState.checked(generator.state().shared());
        try {
            float[] first = draw(manager);
            TorchState between = TorchState.checked(generator.state().shared());
            float[] second = draw(manager);
            generator.setState(before);
            float[] firstAgain = draw(manager);
            float[] secondAgain = draw(manager);
            generator.setState(between);
            return Arrays.equals(first, firstAgain)
                    && Arrays.equals(second, secondAgain)
                    && !Arrays.equals(first, second)
                    && Arrays.equals(second, draw(manager));
        } finally {
            generator.setState(before);
        }
    }

    private static float[] draw(NDManager manager) {
        try (NDArray uniform = manager.randomUniform(0, 1, DRAWN);
                NDArray normal = manager.randomNormal(DRAWN);
                NDArray drawn = uniform.concat(normal)) {
            return drawn.toFloatArray();
        }
    }
}
