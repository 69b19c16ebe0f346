package dev.rivulet.internal.format;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** A file to be, of any format: its layout is fixed, its bytes are written when asked for, and may be several times. */
public interface FileLayout {

    /** Bytes of the file, known before it is written. */
    long byteCount();

    /**
     * Writes the file. Neither flushes nor closes the channel.
     *
     * @param channel in blocking mode, at the place where the file begins, not opened for appending
     * @return what was written, with a checksum computed on the way
     * @throws IOException if the channel fails; what has been written until then is no valid file
     */
    WrittenFile writeTo(WritableByteChannel channel) throws IOException;
}
