package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Thrown when a checkpoint's tensors are not those of the model that is to be filled.
 *
 * <p>Nothing has been loaded then. The message names the file and the first tensors that differ, with their types and
 * shapes in the file and in the model.
 *
 * @since 0.1
 */
public final class ArchitectureMismatchException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 5;

    /**
     * Tells all differences, the first of them in words.
     *
     * @param differences each a clause such as {@code 0.weight is missing}; one at least
     */
    public ArchitectureMismatchException(Path file, List<String> differences) {
        super(file + " does not fit the model:\n  "
                + String.join("\n  ", differences.subList(0, Math.min(SHOWN, differences.size())))
                + (differences.size() > SHOWN ? "\n  and " + (differences.size() - SHOWN) + " more." : ""));
    }
}
