package dev.rivulet.internal.engine;

import ai.djl.pytorch.engine.PtEngineProvider;
import ai.djl.pytorch.jni.LibUtils;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes DJL's arrays independent of the JVM's garbage collection: see {@link ArrayMemory}.
 *
 * <p>Three methods of DJL are replaced when their classes are loaded. That must happen before anything else loads them,
 * so {@link PatchingEngineProvider} does it when DJL looks for its engines.
 */
public final class EnginePatch {
    /** The value {@code unprotected} leaves DJL as it is, and trains nevertheless. */
    static final String PROPERTY = "rivulet.gradients";

    private static final Logger LOG = LoggerFactory.getLogger(EnginePatch.class);

    private static final String ARRAY = "Lai/djl/pytorch/engine/PtNDArray;";

    /** Why the methods were not replaced. */
    private static final Optional<String> OBSTACLE = replaceMethods();

    private EnginePatch() {}

    /** Replaces the methods, unless that was tried before. Does not load libtorch. */
    static void install() {
        // By initializing this class.
    }

    /**
     * Checks that no array depends on Java memory.
     *
     * @throws IllegalStateException if one does, because the patch could not be installed; the message names the remedy
     */
    public static void requireInstalled() {
        if (isDisabled()) {
            LOG.warn(
                    "-D{}=unprotected is set, so the gradients of losses and blocks that use numbers, such as x.mul(0.5f),"
                            + " depend on when the JVM collects garbage.",
                    PROPERTY);
        } else if (!StorageProbe.arraysOwnTheirMemory()) {
            throw new IllegalStateException("Gradients could be wrong: DJL frees the number of x.mul(0.5f) when the JVM"
                    + " collects garbage, even if that is before the backward pass. Rivulet prevents it by replacing"
                    + " methods of DJL before they are loaded, which was impossible, because "
                    + OBSTACLE.orElse("this version of DJL does not call them") + ". To train nevertheless, with"
                    + " arrays instead of numbers in losses and blocks, set -D" + PROPERTY + "=unprotected.");
        }
    }

    private static boolean isDisabled() {
        return "unprotected".equals(System.getProperty(PROPERTY));
    }

    private static Optional<String> replaceMethods() {
        if (isDisabled()) {
            return Optional.of("-D" + PROPERTY + "=unprotected was set");
        }
        try {
            byte[] manager = patched(
                    PtEngineProvider.class,
                    "PtNDManager",
                    "create",
                    "(Ljava/nio/Buffer;Lai/djl/ndarray/types/Shape;Lai/djl/ndarray/types/DataType;)" + ARRAY);
            byte[] array = patched(PtEngineProvider.class, "PtNDArray", "set", "(Ljava/nio/Buffer;)V");
            byte[] calls = patched(LibUtils.class, "JniUtils", "set", "(" + ARRAY + "Ljava/nio/ByteBuffer;)V");
            ClassLoader loader = PtEngineProvider.class.getClassLoader();
            if (Class.forName(ArrayMemory.class.getName(), false, loader) != ArrayMemory.class) {
                return Optional.of("DJL's class loader has another Rivulet; use one class loader for both");
            }
            define(PtEngineProvider.class, array);
            define(PtEngineProvider.class, manager);
            define(LibUtils.class, calls);
            return Optional.empty();
        } catch (ClassNotFoundException e) {
            return Optional.of("DJL's class loader does not find Rivulet; use one class loader for both");
        } catch (LinkageError e) {
            return Optional.of("something had loaded DJL's classes before (" + e.getMessage() + "). Call"
                    + " Engine.getEngine(\"PyTorch\") at the beginning of the program; and if the libraries are merged"
                    + " into one jar, keep all lines of META-INF/services/ai.djl.engine.EngineProvider");
        } catch (ReflectiveOperationException | IOException | RuntimeException e) {
            return Optional.of("this version of DJL is another than 0.36 (" + e + ")");
        }
    }

    /** Edits a class in the package of another. */
    private static byte[] patched(Class<?> neighbour, String type, String method, String descriptor)
            throws NoSuchMethodException, IOException {
        try (InputStream in = neighbour.getResourceAsStream(type + ".class")) {
            if (in == null) {
                throw new FileNotFoundException(type + ".class");
            }
            String owner = neighbour.getPackageName().replace('.', '/') + "/" + type;
            return MethodReplacement.apply(in.readAllBytes(), owner, method, descriptor, ArrayMemory.class);
        }
    }

    private static void define(Class<?> neighbour, byte[] classFile) throws IllegalAccessException {
        MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup()).defineClass(classFile);
    }
}
