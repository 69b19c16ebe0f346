package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/**
 * Thrown when a run is to write its checkpoints to a directory to which another run writes, in this process or another.
 * Wait until that run ends, or choose another directory.
 *
 * @since 0.1
 */
public final class DirectoryInUseException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final String directory;
    private final String holder;

    /**
     * The refusal of a directory.
     *
     * @param holder the run that has it, such as {@code process 12 on host, since 2026-01-31T12:00:00Z}
     */
    public DirectoryInUseException(Path directory, String holder) {
        super("Another run writes its checkpoints to " + directory + ": " + holder
                + ". Wait until it ends, or choose another directory with Trainer.builder().defaultRootDir(…).");
        this.directory = directory.toString();
        this.holder = holder;
    }

    /** The directory that is in use. */
    public String directory() {
        return directory;
    }

    /** The process that has it, and since when. */
    public String holder() {
        return holder;
    }
}
