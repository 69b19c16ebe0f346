package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The result of computing a derived checkpoint again.
 *
 * @param derived the file that was compared
 * @param source the file whose weights were transformed
 * @param transforms the transforms, in the order in which they ran, such as {@code DigitsModule#halve}
 * @param difference the first tensor or metadata that differs, and how, as a sentence for people; empty if all bytes
 *     are the same
 * @since 0.1
 */
public record Rederivation(Path derived, Path source, List<String> transforms, Optional<String> difference) {

    /** Holds a copy. */
    public Rederivation {
        transforms = List.copyOf(transforms);
    }

    /** Whether the file is, byte for byte, what the transforms make of the source. */
    public boolean isSame() {
        return difference.isEmpty();
    }
}
