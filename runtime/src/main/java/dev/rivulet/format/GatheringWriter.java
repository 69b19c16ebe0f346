package dev.rivulet.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/**
 * Writes many buffers as few system calls, checksummed on the way.
 *
 * <p>Pieces are collected up to a size that stays in the cache between checksum and write, and up to a count that every
 * operating system takes in one call. Needs to be told when there is no more: {@link #finish}.
 */
final class GatheringWriter {
    private static final int BATCH_BYTES = 1 << 20;
    private static final int BATCH_BUFFERS = 512;

    private final WritableByteChannel channel;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer[] batch = new ByteBuffer[BATCH_BUFFERS];
    private int bufferCount;
    private int batchBytes;
    private long byteCount;

    GatheringWriter(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** Takes the remaining bytes; they must stay as they are until {@link #finish}. */
    void write(ByteBuffer bytes) throws IOException {
        for (int from = bytes.position(); from < bytes.limit(); ) {
            int length = Math.min(bytes.limit() - from, BATCH_BYTES - batchBytes);
            ByteBuffer piece = bytes.slice(from, length);
            crc.update(piece.duplicate());
            batch[bufferCount++] = piece;
            batchBytes += length;
            from += length;
            if (batchBytes == BATCH_BYTES || bufferCount == BATCH_BUFFERS) {
                flush();
            }
        }
    }

    WrittenFile finish() throws IOException {
        flush();
        return new WrittenFile(byteCount, crc.getValue());
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
    }
}
