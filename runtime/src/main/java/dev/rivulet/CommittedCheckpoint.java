package dev.rivulet;

import java.nio.file.Path;

/**
 * A checkpoint that is durable: flushed, under its name, its directory flushed.
 *
 * @param path its file
 * @param byteCount size of the file
 * @param checkpoint what the file says of itself: stream, epoch, step, metrics, entries
 */
public record CommittedCheckpoint(Path path, long byteCount, Checkpoint checkpoint) {}
