package dev.rivulet.internal.format;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** A file of any format that has been laid out but not written. It may be written several times. */
public interface FileLayout {

    /** Size of the file in bytes, known before it is written. */
    long byteCount();

    /**
     * Writes the file. Neither flushes nor closes the channel.
     *
     * @param channel in blocking mode, positioned at the start of the file, not opened for appending
     * @return size and checksum of the written file
     * @throws IOException if the channel fails; the file is incomplete then
     */
    WrittenFile writeTo(WritableByteChannel channel) throws IOException;
}
