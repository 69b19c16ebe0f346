package REPL;

import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.checkpoint.Checkpoint;

/** A class in the package in which JShell compiles all classes. */
public final class InJShell {
    @OnSaveCheckpoint
    void describe(Checkpoint checkpoint) {}
}
