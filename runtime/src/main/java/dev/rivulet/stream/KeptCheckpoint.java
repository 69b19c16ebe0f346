package dev.rivulet.stream;

import java.util.OptionalDouble;

/**
 * A checkpoint in a stream's books.
 *
 * @param name the file's name in the stream's directory, extension included; {@code /} separates folders
 * @param score exact value of the monitored metric, NaN stored as the worst infinity; empty without a monitor
 * @param epoch index of the epoch in which it was saved
 * @param globalStep optimizer steps before it was saved
 */
public record KeptCheckpoint(String name, OptionalDouble score, int epoch, long globalStep) {}
