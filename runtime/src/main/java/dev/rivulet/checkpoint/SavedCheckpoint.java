package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * A checkpoint that is kept.
 *
 * @param path its file
 * @param score exact value of the monitored metric, as the stream's policy ranks it; empty without a monitor
 * @param epoch index of the epoch in which it was saved
 * @param globalStep optimizer steps until it was saved
 * @since 0.1
 */
public record SavedCheckpoint(Path path, OptionalDouble score, int epoch, long globalStep) {}
