package dev.rivulet.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Thrown when the directory of a run was deleted, moved away or replaced while the run was writing to it. The run ends:
 * another run may be writing to the path.
 *
 * @since 0.1
 */
public final class DirectoryLostException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param directory path of the directory
     */
    public DirectoryLostException(Path directory) {
        super(directory + " was deleted, moved or replaced since this run began to write to it, so that another run may"
                + " be using it. Nothing more is saved there. Start the run again with another directory, or with"
                + " resumeFrom and the path of a checkpoint that is left.");
    }
}
