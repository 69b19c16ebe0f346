package dev.rivulet.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint that is durable, as is the manifest of its group. It has its name; should the power fail in the next
 * moment, the next fit in this directory gives it the name again.
 *
 * @param path its file
 * @param byteCount size of the file
 * @param checkpoint what the file says of itself: stream, epoch, step, metrics, entries
 * @since 0.1
 */
public record CommittedCheckpoint(Path path, long byteCount, Checkpoint checkpoint) {}
