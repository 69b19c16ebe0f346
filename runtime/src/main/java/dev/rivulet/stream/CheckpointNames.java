package dev.rivulet.stream;

import dev.rivulet.policy.FilenameStyle;
import dev.rivulet.policy.FilenameTemplate;
import dev.rivulet.policy.MetricValues;
import dev.rivulet.policy.StreamPolicy;
import java.util.Optional;
import java.util.function.Predicate;

/** Chooses names of files: the template's, or the first version of it that is free. */
final class CheckpointNames {
    private final FilenameTemplate filename;
    private final FilenameTemplate last;
    private final FilenameStyle style;
    private final boolean versioned;
    private final String extension;

    CheckpointNames(String stream, StreamPolicy policy, String extension) {
        this.filename = policy.filenameOf(stream);
        this.last = policy.lastTemplate();
        this.style = policy.filenameStyle();
        this.versioned = policy.enableVersionCounter();
        this.extension = extension;
    }

    /** Name of a due checkpoint, which may take the name of the file that it replaces. */
    String regular(MetricValues metrics, Optional<String> replaced, Predicate<String> taken) {
        return choose(filename.format(metrics), versioned ? taken : name -> false, replaced);
    }

    /** Name of a rescue: always a free one, for what is there may be the only good file. */
    String rescue(MetricValues metrics, Predicate<String> taken) {
        return choose(filename.format(metrics), taken, Optional.empty());
    }

    /** Name of {@code last}, which may take the name of the previous one, but never that of the checkpoint it goes with. */
    String last(MetricValues metrics, Optional<String> previous, Optional<String> checkpoint, Predicate<String> taken) {
        Predicate<String> counted = versioned ? taken : name -> false;
        return choose(
                last.format(metrics),
                name -> counted.test(name) || checkpoint.filter(name::equals).isPresent(),
                previous.filter(name -> !checkpoint.equals(Optional.of(name))));
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
