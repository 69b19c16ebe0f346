package dev.rivulet.internal.retention;

/**
 * What {@code best} names: the best checkpoint of a stream.
 *
 * @param name name of the file or link in the stream's directory, extension included
 * @param target the best checkpoint, linked or copied; its size is that of the copy, 0 for a link
 * @param linked whether the name is a link; otherwise it is a copy
 */
public record BestCheckpoint(String name, KeptCheckpoint target, boolean linked) {

    /** Sets the size of a link to 0, because the target is counted as a checkpoint. */
    public BestCheckpoint {
        target = linked ? target.withBytes(0) : target;
    }

    /** Name of the best checkpoint's own file. */
    public String checkpoint() {
        return target.name();
    }

    /** Size of a copy; 0 for a link or if unknown. */
    long bytes() {
        return target.bytes();
    }

    /** Whether this names a given checkpoint. */
    boolean pointsTo(KeptCheckpoint kept) {
        return target.name().equals(kept.name()) && target.globalStep() == kept.globalStep();
    }

    /** This pointer with the size of its checkpoint. */
    BestCheckpoint withBytes(long size) {
        return new BestCheckpoint(name, target.withBytes(size), linked);
    }
}
