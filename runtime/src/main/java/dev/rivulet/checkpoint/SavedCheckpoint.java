package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * A retained checkpoint.
 *
 * @param path its file
 * @param score exact value of the monitored metric, by which the policy ranks it; empty without a monitor
 * @param epoch index of the epoch in which it was saved
 * @param globalStep optimizer steps until it was saved
 * @since 0.1
 */
public record SavedCheckpoint(Path path, OptionalDouble score, int epoch, long globalStep) {}
