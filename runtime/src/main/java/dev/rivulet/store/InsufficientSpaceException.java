package dev.rivulet.store;

import java.io.IOException;

/** A disk has too little room for a file, which has therefore not been begun. */
public final class InsufficientSpaceException extends IOException {
    private static final long serialVersionUID = 1;

    private final long needed;
    private final long available;

    InsufficientSpaceException(long needed, long available) {
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
