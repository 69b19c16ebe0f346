package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a disk has too little free space for a file, before any of it is written.
 *
 * <p>Free space, keep fewer checkpoints, or choose a directory on another disk.
 *
 * @since 0.1
 */
public final class InsufficientSpaceException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final long needed;
    private final long available;

    /**
     * Names both sizes.
     *
     * @param needed size of the file, in bytes
     * @param available bytes that this process can write
     */
    public InsufficientSpaceException(long needed, long available) {
        super("it needs " + needed + " bytes, but the disk has room for " + available);
        this.needed = needed;
        this.available = available;
    }

    /** Size of the file, in bytes. */
    public long needed() {
        return needed;
    }

    /** Bytes that this process can write. */
    public long available() {
        return available;
    }
}
