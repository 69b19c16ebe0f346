package dev.rivulet.internal.retention;

import dev.rivulet.policy.FilenameStyle;
import dev.rivulet.policy.FilenameTemplate;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.StreamPolicy;
import java.util.Optional;
import java.util.function.Predicate;

/** Chooses file names: the name given by the template, or its first version that is free. */
final class CheckpointNames {
    private final FilenameTemplate filename;
    private final FilenameTemplate last;
    private final FilenameTemplate best;
    private final FilenameStyle style;
    private final boolean versioned;
    private final String extension;

    CheckpointNames(String stream, StreamPolicy policy, String extension) {
        this.filename = policy.filenameOf(stream);
        this.last = policy.lastTemplate();
        this.best = policy.bestTemplate();
        this.style = policy.filenameStyle();
        this.versioned = policy.naming().enableVersionCounter();
        this.extension = extension;
    }

    /**
     * The name of a due checkpoint, which may be that of the file that it replaces.
     *
     * @param permanent names that are never reused, with or without a version counter
     */
    String regular(
            MetricValues metrics, Optional<String> replaced, Predicate<String> permanent, Predicate<String> taken) {
        return choose(filename.format(metrics), versioned ? taken : permanent, replaced);
    }

    /** The name of an exception checkpoint: always a free one, because an existing file may be the only good one. */
    String onException(MetricValues metrics, Predicate<String> taken) {
        return choose(filename.format(metrics), taken, Optional.empty());
    }

    /** The name of {@code last}, which may be that of the previous one, but never that of the checkpoint it names. */
    String last(MetricValues metrics, Optional<String> previous, Optional<String> checkpoint, Predicate<String> taken) {
        return pointer(
                last.format(metrics),
                previous,
                name -> checkpoint.filter(name::equals).isPresent(),
                taken);
    }

    /** The name of {@code best}, which may be that of the previous one, but none that the same save writes. */
    String best(MetricValues metrics, Optional<String> previous, Predicate<String> sameSave, Predicate<String> taken) {
        return pointer(best.format(metrics), previous, sameSave, taken);
    }

    /** Whether the template of a kind gives a name, with or without a version. */
    boolean gives(FoundFiles.Kind kind, MetricValues metrics, String name) {
        String base = template(kind).format(metrics);
        String version = style.versioned(base, 0);
        String unnumbered = version.substring(0, version.length() - 1);
        return name.equals(base + extension)
                || (versioned
                        && name.startsWith(unnumbered)
                        && name.endsWith(extension)
                        && name.substring(unnumbered.length(), name.length() - extension.length())
                                .matches("[0-9]+"));
    }

    /** The name that the template of a kind gives. */
    String unversioned(FoundFiles.Kind kind, MetricValues metrics) {
        return template(kind).format(metrics) + extension;
    }

    private FilenameTemplate template(FoundFiles.Kind kind) {
        return switch (kind) {
            case CHECKPOINT -> filename;
            case LAST -> last;
            case BEST -> best;
        };
    }

    private String pointer(
            String name, Optional<String> previous, Predicate<String> sameSave, Predicate<String> taken) {
        Predicate<String> counted = versioned ? taken : candidate -> false;
        return choose(
                name,
                candidate -> counted.test(candidate) || sameSave.test(candidate),
                previous.filter(sameSave.negate()));
    }

    private String choose(String name, Predicate<String> taken, Optional<String> replaced) {
        String candidate = name + extension;
        for (int version = style.startingVersion();
                !replaced.filter(candidate::equals).isPresent() && taken.test(candidate);
                version++) {
            candidate = style.versioned(name, version) + extension;
        }
        return candidate;
    }
}
