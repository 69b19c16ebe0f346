package dev.rivulet.internal.retention;

import java.util.Optional;

/**
 * What {@code last} names: the newest checkpoint of a stream.
 *
 * @param name name of the file or link in the stream's directory, extension included
 * @param target the target of a link; empty if {@code last} is a copy
 * @param epoch index of the epoch in which it was saved
 * @param globalStep optimizer steps before it was saved
 * @param bytes size of a copy; 0 for a link or if unknown
 */
public record LastCheckpoint(String name, Optional<String> target, int epoch, long globalStep, long bytes) {

    /** A pointer of unknown size. */
    public LastCheckpoint(String name, Optional<String> target, int epoch, long globalStep) {
        this(name, target, epoch, globalStep, 0);
    }

    LastCheckpoint withBytes(long size) {
        return target.isPresent() || size == bytes ? this : new LastCheckpoint(name, target, epoch, globalStep, size);
    }
}
