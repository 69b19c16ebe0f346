package dev.rivulet.internal.retention;

/**
 * What {@code best} names: the best checkpoint of a stream.
 *
 * @param name name of the file or link in the stream's directory, extension included
 * @param target the best checkpoint, which is linked to or copied; its size is that of the copy, 0 for a link
 * @param linked whether it is a link; otherwise a file of the same content
 */
public record BestCheckpoint(String name, KeptCheckpoint target, boolean linked) {

    /** Leaves out the size of what is linked to, which counts for the checkpoint itself. */
    public BestCheckpoint {
        target = linked ? target.withBytes(0) : target;
    }

    /** Name of the best checkpoint's own file. */
    public String checkpoint() {
        return target.name();
    }

    /** Size of a copy; 0 for a link, or where it is not known. */
    long bytes() {
        return target.bytes();
    }

    /** Whether this names a checkpoint. */
    boolean pointsTo(KeptCheckpoint kept) {
        return target.name().equals(kept.name()) && target.globalStep() == kept.globalStep();
    }

    /** This pointer once its checkpoint's size is known. */
    BestCheckpoint withBytes(long size) {
        return new BestCheckpoint(name, target.withBytes(size), linked);
    }
}
