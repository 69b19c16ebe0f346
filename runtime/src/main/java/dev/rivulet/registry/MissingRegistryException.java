package dev.rivulet.registry;

/** Thrown when a class has annotations but no registry was generated from them, or it cannot be used. */
public final class MissingRegistryException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private MissingRegistryException(String message, Throwable cause) {
        super(message, cause);
    }

    static MissingRegistryException notFound(Class<?> owner, String registry, ClassNotFoundException cause) {
        if (owner.isLocalClass() || owner.isAnonymousClass()) {
            return new MissingRegistryException(
                    owner.getName() + " is a local or anonymous class, which annotation processors never see."
                            + " Make it a top-level or member class.",
                    cause);
        }
        return new MissingRegistryException(
                owner.getName() + " has Rivulet's annotations, but " + registry + " was not generated from them.\n"
                        + "The annotation processor did not run when the class was compiled. JDK 23 and later run"
                        + " only the processors that they are told of. With Maven:\n\n"
                        + "  <plugin>\n"
                        + "    <artifactId>maven-compiler-plugin</artifactId>\n"
                        + "    <configuration>\n"
                        + "      <annotationProcessorPaths>\n"
                        + "        <path>\n"
                        + "          <groupId>dev.rivulet</groupId>\n"
                        + "          <artifactId>rivulet-processor</artifactId>\n"
                        + "          <version>" + RuntimeVersion.current() + "</version>\n"
                        + "        </path>\n"
                        + "      </annotationProcessorPaths>\n"
                        + "    </configuration>\n"
                        + "  </plugin>\n\n"
                        + "With Gradle: annotationProcessor(\"dev.rivulet:rivulet-processor:"
                        + RuntimeVersion.current() + "\").",
                cause);
    }

    static MissingRegistryException unusable(Class<?> owner, String registry, Exception cause) {
        return new MissingRegistryException(
                registry + " was found, but cannot be created: " + cause + ".\n"
                        + "In a named module, the package must be open to the framework: add \"opens "
                        + owner.getPackageName() + " to dev.rivulet;\" to module-info.java."
                        + " If the class was renamed or moved, compile it anew.",
                cause);
    }
}
