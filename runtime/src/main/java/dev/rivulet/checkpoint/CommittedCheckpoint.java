package dev.rivulet.checkpoint;

import java.nio.file.Path;

/**
 * A checkpoint that is durable, with the manifest of its group, under its final name.
 *
 * <p>If the power fails before the name itself is durable, the next fit in this directory restores the name.
 *
 * @param path its file
 * @param byteCount size of the file, in bytes
 * @param checkpoint stream, epoch, step, metrics and entries of the file
 * @since 0.1
 */
public record CommittedCheckpoint(Path path, long byteCount, Checkpoint checkpoint) {}
