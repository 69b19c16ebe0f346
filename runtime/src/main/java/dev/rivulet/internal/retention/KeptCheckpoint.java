package dev.rivulet.internal.retention;

import java.util.OptionalDouble;

/**
 * A checkpoint that a stream keeps.
 *
 * @param name the file's name in the stream's directory, extension included; {@code /} separates folders
 * @param score exact value of the monitored metric, NaN stored as the worst infinity; empty without a monitor, or if
 *     the metric was not known yet
 * @param epoch index of the epoch in which it was saved
 * @param globalStep optimizer steps before it was saved
 * @param bytes size of the file; 0 before it is committed, or if unknown
 */
public record KeptCheckpoint(String name, OptionalDouble score, int epoch, long globalStep, long bytes) {

    /** A checkpoint of unknown size. */
    public KeptCheckpoint(String name, OptionalDouble score, int epoch, long globalStep) {
        this(name, score, epoch, globalStep, 0);
    }

    KeptCheckpoint withBytes(long size) {
        return size == bytes ? this : new KeptCheckpoint(name, score, epoch, globalStep, size);
    }
}
