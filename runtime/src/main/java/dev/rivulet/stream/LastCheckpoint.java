package dev.rivulet.stream;

import java.util.Optional;

/**
 * What {@code last} names: the newest checkpoint of a stream.
 *
 * @param name name of the file or link in the stream's directory, extension included
 * @param target what a link points to; empty if {@code last} is a file of its own
 * @param epoch index of the epoch in which it was saved
 * @param globalStep optimizer steps before it was saved
 */
public record LastCheckpoint(String name, Optional<String> target, int epoch, long globalStep) {}
