package dev.rivulet.stream;

import java.util.OptionalDouble;

/**
 * What {@code best} names: the best checkpoint of a stream.
 *
 * @param name name of the file or link in the stream's directory, extension included
 * @param checkpoint name of the best checkpoint's own file, which is linked to or copied
 * @param linked whether it is a link; otherwise a file of the same content
 * @param score exact value of the monitored metric, NaN stored as the worst infinity
 * @param epoch index of the epoch in which it was saved
 * @param globalStep optimizer steps before it was saved
 * @param bytes size of a copy; 0 for a link, or where it is not known
 */
public record BestCheckpoint(
        String name, String checkpoint, boolean linked, OptionalDouble score, int epoch, long globalStep, long bytes) {

    /** Whether this names a checkpoint. */
    boolean is(KeptCheckpoint kept) {
        return checkpoint.equals(kept.name()) && globalStep == kept.globalStep();
    }

    /** This pointer once its checkpoint's size is known. */
    BestCheckpoint withBytes(long size) {
        return new BestCheckpoint(name, checkpoint, linked, score, epoch, globalStep, linked ? 0 : size);
    }
}
