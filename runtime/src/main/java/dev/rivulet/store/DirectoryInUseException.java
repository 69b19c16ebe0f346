package dev.rivulet.store;

import java.io.IOException;
import java.nio.file.Path;

/** Another run writes its checkpoints to a directory, in this process or another. */
public final class DirectoryInUseException extends IOException {
    private static final long serialVersionUID = 1;

    private final String holder;

    DirectoryInUseException(Path root, String holder) {
        super("Another run writes its checkpoints to " + root + ": " + holder
                + ". Wait until it ends, or choose another directory with Trainer.builder().defaultRootDir(…).");
        this.holder = holder;
    }

    /** Who that is, and since when. */
    public String holder() {
        return holder;
    }
}
