package dev.rivulet.internal.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/**
 * Writes many buffers with few system calls, and computes their checksum.
 *
 * <p>Large pieces are collected up to a size that stays in the cache between checksum and write, and up to a count that
 * every operating system accepts in one call. Small pieces are copied into one buffer, which costs less than a checksum
 * and a system call entry for each. The caller must call {@link #finish} at the end.
 */
public final class GatheringWriter {
    private static final int BATCH_BYTES = 1 << 20;
    private static final int BATCH_BUFFERS = 512;
    private static final int SMALL_BYTES = 1 << 13;
    private static final int JOIN_BYTES = 1 << 18;

    private final WritableByteChannel channel;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer[] batch = new ByteBuffer[BATCH_BUFFERS];
    private final ByteBuffer joined;
    private int bufferCount;
    private int batchBytes;
    private int joinedFrom;
    private long byteCount;

    /**
     * A writer.
     *
     * @param expected total bytes, which limits the memory to allocate
     */
    public GatheringWriter(WritableByteChannel channel, long expected) {
        this.channel = channel;
        this.joined = ByteBuffer.allocateDirect((int) Math.min(JOIN_BYTES, expected));
    }

    /** Adds the remaining bytes, which must not change until {@link #finish}. */
    public void write(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() <= Math.min(SMALL_BYTES, joined.capacity())) {
            join(bytes);
            return;
        }
        endJoined();
        for (int from = bytes.position(); from < bytes.limit(); ) {
            int length = Math.min(bytes.limit() - from, BATCH_BYTES - batchBytes);
            add(bytes.slice(from, length));
            from += length;
        }
    }

    /** Writes the remaining bytes and returns size and checksum of everything written. */
    public WrittenFile finish() throws IOException {
        endJoined();
        flush();
        return new WrittenFile(byteCount, crc.getValue());
    }

    private void join(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        if (length > joined.remaining() || length > BATCH_BYTES - batchBytes - (joined.position() - joinedFrom)) {
            endJoined();
            flush();
        }
        joined.put(joined.position(), bytes, bytes.position(), length).position(joined.position() + length);
    }

    /** Adds the small pieces that were joined since the last large one. */
    private void endJoined() throws IOException {
        int length = joined.position() - joinedFrom;
        if (length > 0) {
            ByteBuffer piece = joined.slice(joinedFrom, length);
            joinedFrom = joined.position();
            add(piece);
        }
    }

    private void add(ByteBuffer piece) throws IOException {
        crc.update(piece.duplicate());
        batch[bufferCount++] = piece;
        batchBytes += piece.remaining();
        if (batchBytes == BATCH_BYTES || bufferCount == BATCH_BUFFERS) {
            flush();
        }
    }

    private void flush() throws IOException {
        int first = 0;
        while (first < bufferCount) {
            if (channel instanceof GatheringByteChannel gathering) {
                gathering.write(batch, first, bufferCount - first);
            } else {
                channel.write(batch[first]);
            }
            while (first < bufferCount && !batch[first].hasRemaining()) {
                first++;
            }
        }
        byteCount += batchBytes;
        batchBytes = 0;
        bufferCount = 0;
        joined.clear();
        joinedFrom = 0;
    }
}
