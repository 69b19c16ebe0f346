package dev.rivulet.policy;

/**
 * Names the generated registry of a class; the one rule that the processor and the look-up share.
 *
 * @since 0.1
 */
public final class RegistryName {
    private static final String SUFFIX = "CallbackRegistry";

    private RegistryName() {}

    /**
     * The binary name of the registry that belongs to a class: {@code a.b.Outer$Inner} gives
     * {@code a.b.Outer_InnerCallbackRegistry}.
     *
     * @param binaryName the class's binary name, as of {@link Class#getName()}
     */
    public static String of(String binaryName) {
        int simpleName = binaryName.lastIndexOf('.') + 1;
        return binaryName.substring(0, simpleName)
                + binaryName.substring(simpleName).replace('$', '_')
                + SUFFIX;
    }
}
