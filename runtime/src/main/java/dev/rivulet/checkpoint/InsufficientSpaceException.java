package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a disk has too little room for a file, which has therefore not been begun. Free space, keep fewer
 * checkpoints, or choose a directory on another disk.
 *
 * @since 0.1
 */
public final class InsufficientSpaceException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final long needed;
    private final long available;

    /**
     * The refusal of a file.
     *
     * @param needed bytes of the file
     * @param available bytes that this process could write
     */
    public InsufficientSpaceException(long needed, long available) {
        super("it needs " + needed + " bytes, but the disk has room for " + available);
        this.needed = needed;
        this.available = available;
    }

    /** Bytes of the file. */
    public long needed() {
        return needed;
    }

    /** Bytes that this process could write. */
    public long available() {
        return available;
    }
}
