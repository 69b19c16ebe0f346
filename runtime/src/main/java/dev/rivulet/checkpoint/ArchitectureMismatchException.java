package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Thrown when the tensors of a checkpoint do not fit the model that loads it.
 *
 * <p>Nothing has been loaded. The message names the file and the first tensors that differ, with their types and shapes
 * in the file and in the model.
 *
 * @since 0.1
 */
public final class ArchitectureMismatchException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 5;

    /**
     * Describes the first differences and counts the others.
     *
     * @param differences each a clause such as {@code 0.weight is missing}; not empty
     */
    public ArchitectureMismatchException(Path file, List<String> differences) {
        super(file + " does not fit the model:\n  "
                + String.join("\n  ", differences.subList(0, Math.min(SHOWN, differences.size())))
                + (differences.size() > SHOWN ? "\n  and " + (differences.size() - SHOWN) + " more." : ""));
    }
}
