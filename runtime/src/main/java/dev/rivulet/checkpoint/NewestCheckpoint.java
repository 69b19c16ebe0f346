package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * The newest good checkpoint of a stream, and what was skipped to find it.
 *
 * @param stream the stream
 * @param group number of the save request in its directory
 * @param file where the checkpoint is at this moment; a run that is just publishing it may still rename it
 * @param skipped newer ones that are damaged or missing, newest first
 * @since 0.1
 */
public record NewestCheckpoint(String stream, long group, Path file, List<Skipped> skipped) {

    /** Holds a copy. */
    public NewestCheckpoint {
        skipped = List.copyOf(skipped);
    }

    /**
     * What could not be used.
     *
     * @param file the checkpoint, or a damaged manifest that may have named one
     * @param reason what is wrong with it
     * @since 0.1
     */
    public record Skipped(Path file, String reason) {}
}
