package dev.rivulet.policy;

/**
 * How file names are put together: what Lightning's users change by overriding class attributes of
 * {@code ModelCheckpoint}.
 *
 * @param join comes before a version and after a prefix, and between epoch and step ({@code CHECKPOINT_JOIN_CHAR})
 * @param equals comes between a metric's name and its value ({@code CHECKPOINT_EQUALS_CHAR})
 * @param last template of the name of {@code last} ({@code CHECKPOINT_NAME_LAST})
 * @param best template of the name of {@code best}, which Lightning does not have
 * @param startingVersion number of the first version suffix ({@code STARTING_VERSION})
 * @param autoInsertMetricName whether {@code {x}} becomes {@code x=value} rather than the value alone
 * @since 0.1
 */
public record FilenameStyle(
        String join, String equals, String last, String best, int startingVersion, boolean autoInsertMetricName) {

    /** Lightning's own. */
    public static final FilenameStyle DEFAULT = new FilenameStyle("-", "=", "last", "best", 1, true);

    /** This style with metric names inserted or not. */
    public FilenameStyle withAutoInsertMetricName(boolean insert) {
        return new FilenameStyle(join, equals, last, best, startingVersion, insert);
    }

    /** This style with another template for {@code last}. */
    public FilenameStyle withLast(String template) {
        return new FilenameStyle(join, equals, template, best, startingVersion, autoInsertMetricName);
    }

    /** This style with another template for {@code best}. */
    public FilenameStyle withBest(String template) {
        return new FilenameStyle(join, equals, last, template, startingVersion, autoInsertMetricName);
    }

    /** A name with a version suffix, such as {@code model-v3}. */
    public String versioned(String name, int version) {
        return name + join + "v" + version;
    }

    /** A name with a prefix, such as {@code test-model}. */
    public String prefixed(String prefix, String name) {
        return prefix + join + name;
    }
}
