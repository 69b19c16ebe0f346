package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * The newest good checkpoint of a stream, and the checkpoints skipped before it.
 *
 * @param stream the stream
 * @param group number of the save request in its directory; 0 if the manifests are lost
 * @param file current path of the checkpoint; a run that is publishing it may still rename it
 * @param skipped newer checkpoints that are damaged or missing, newest first
 * @since 0.1
 */
public record NewestCheckpoint(String stream, long group, Path file, List<Skipped> skipped) {

    /** Holds a copy. */
    public NewestCheckpoint {
        skipped = List.copyOf(skipped);
    }

    /**
     * A checkpoint or manifest that cannot be used.
     *
     * @param file the checkpoint, or a damaged manifest that may list one
     * @param reason the problem
     * @since 0.1
     */
    public record Skipped(Path file, String reason) {}
}
