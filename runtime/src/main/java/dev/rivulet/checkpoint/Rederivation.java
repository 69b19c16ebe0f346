package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The result of recomputing a derived checkpoint.
 *
 * @param derived the compared file
 * @param source the file whose weights were transformed
 * @param transforms the transforms in the order of their application, such as {@code DigitsModule#halve}
 * @param difference the first tensor or metadata that differs, as a readable sentence; empty if all bytes are equal
 * @since 0.1
 */
public record Rederivation(Path derived, Path source, List<String> transforms, Optional<String> difference) {

    /** Holds a copy. */
    public Rederivation {
        transforms = List.copyOf(transforms);
    }

    /** Whether the transforms of the source yield the file, byte for byte. */
    public boolean isSame() {
        return difference.isEmpty();
    }
}
