package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/**
 * Thrown when another run, in this process or another, writes its checkpoints to the same directory.
 *
 * <p>Wait until that run ends, or choose another directory.
 *
 * @since 0.1
 */
public final class DirectoryInUseException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final String directory;
    private final String holder;

    /**
     * Names the directory and the run that holds it.
     *
     * @param holder the run that writes to it, such as {@code process 12 on host, since 2026-01-31T12:00:00Z}
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

    /** The process that writes to it, and since when. */
    public String holder() {
        return holder;
    }
}
