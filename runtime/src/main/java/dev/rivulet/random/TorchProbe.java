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
 * Whether the state of libtorch's generator can be saved and restored here.
 *
 * <p>What cannot be tried without danger is asked first: platform and version must be those on which the native calls
 * are known to be right. Then saving and restoring is tried; the generator stands afterwards where it stood before.
 */
final class TorchProbe {
    /** {@code reseed} as value keeps off all native calls. */
    static final String PROPERTY = "rivulet.random.torch";

    private static final String KNOWN_VERSION = "2.7.1";
    private static final Shape DRAWN = new Shape(5);

    private final @Nullable TorchGenerator generator;
    private final String explanation;

    private TorchProbe(@Nullable TorchGenerator generator, String explanation) {
        this.generator = generator;
        this.explanation = explanation;
    }

    /** The generator, or null if its state cannot be reached. */
    @Nullable
    TorchGenerator generator() {
        return generator;
    }

    /** What was found, in one sentence. */
    String explanation() {
        return explanation;
    }

    /** Tries it out. Nobody else may draw from libtorch meanwhile. */
    static TorchProbe run() {
        String platform = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if ("reseed".equals(System.getProperty(PROPERTY))) {
            return failed("-D" + PROPERTY + "=reseed says so");
        }
        if (!isKnown(platform)) {
            return failed("the native calls are not known to be right for " + platform);
        }
        try (NDManager manager = TorchEngine.get().newBaseManager(Device.cpu())) {
            String version = LibUtils.getVersion();
            if (!version.startsWith(KNOWN_VERSION)) {
                return failed("they are not known to be right for libtorch " + version);
            }
            TorchGenerator generator = new TorchGenerator(Path.of(LibUtils.getLibtorchPath(), "libtorch_cpu.so"));
            return restores(generator, manager)
                    ? new TorchProbe(generator, "The state of libtorch's CPU generator is saved and restored.")
                    : failed("a restored generator drew other numbers");
        } catch (LinkageError | IllegalArgumentException e) { // JNA or a function is missing; the state looks wrong.
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

    /** Uniform numbers use the words of the state, an odd count of normal ones the part beside them. */
    private static boolean restores(TorchGenerator generator, NDManager manager) {
        TorchState before = generator.state();
        try {
            float[] first = draw(manager);
            TorchState between = generator.state();
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
