package dev.rivulet.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of this build of the framework.
 *
 * <p>For generated code and the runtime only.
 *
 * @since 0.1
 */
public final class RuntimeVersion {
    private static final String VERSION = read();

    private RuntimeVersion() {}

    /** The version, such as {@code 0.1.0}. */
    public static String current() {
        return VERSION;
    }

    private static String read() {
        try (InputStream resource = RuntimeVersion.class.getResourceAsStream("version.properties")) {
            if (resource == null) {
                throw new IllegalStateException(
                        "version.properties is missing: rivulet-runtime was packaged without it.");
            }
            Properties properties = new Properties();
            properties.load(resource);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
