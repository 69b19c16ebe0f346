package dev.rivulet.internal.store;

import dev.rivulet.checkpoint.InsufficientSpaceException;
import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.internal.store.CheckpointDirectory.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Writes files under temporary names. Their content is durable when a method returns; their names become durable when
 * the folder is flushed.
 */
final class BlobWriter {
    private final DirectoryLayout layout;
    private final RetryPolicy retries;

    private final FileStore disk; // Looked up once: it reads the mount table, which costs more than a small commit.

    BlobWriter(DirectoryLayout layout, RetryPolicy retries) throws IOException {
        this.layout = layout;
        this.retries = retries;
        this.disk = Files.getFileStore(layout.folder());
    }

    /**
     * A file under its temporary name.
     *
     * @param crc32c of the whole file
     */
    record Temporary(Path path, long crc32c) {}

    /**
     * Writes a file. After a transient failure it writes a new one, because a failed flush may have lost pages of the
     * old one.
     */
    Temporary write(long byteCount, Content content) throws IOException {
        for (int attempt = 1; ; attempt++) {
            checkSpace(byteCount);
            try {
                return attempt(byteCount, content);
            } catch (IOException e) {
                if (attempt >= retries.attempts() || !RetryPolicy.isTransient(e)) {
                    throw e;
                }
                retries.await(attempt + 1);
            }
        }
    }

    /** Writes a small file whose content is in memory. */
    Temporary write(byte[] content) throws IOException {
        return write(content.length, channel -> {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            CRC32C crc = new CRC32C();
            crc.update(content);
            return new WrittenFile(content.length, crc.getValue());
        });
    }

    private void checkSpace(long byteCount) throws IOException {
        long available = disk.getUsableSpace();
        if (available < byteCount
                && disk.getTotalSpace() > 0) { // Disks that report no size do not report free space either.
            throw new InsufficientSpaceException(byteCount, available);
        }
    }

    private Temporary attempt(long byteCount, Content content) throws IOException {
        Path path = layout.temporary();
        boolean complete = false;
        try {
            WrittenFile written;
            try (FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                written =
                        EarlyFlush.isWorthwhile(byteCount) ? writeFlushing(channel, content) : content.writeTo(channel);
                checkSize(byteCount, written.byteCount(), channel.size());
                channel.force(true);
            }
            complete = true;
            return new Temporary(path, written.crc32c());
        } finally {
            if (!complete) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static WrittenFile writeFlushing(FileChannel channel, Content content) throws IOException {
        EarlyFlush flush = EarlyFlush.begin(channel);
        boolean complete = false;
        try {
            WrittenFile written = content.writeTo(new EarlyFlushChannel(channel, flush));
            complete = true;
            flush.finish();
            return written;
        } finally {
            if (!complete) {
                flush.abort();
            }
        }
    }

    private static void checkSize(long declared, long written, long found) throws IOException {
        if (written != declared) {
            throw new IllegalStateException(
                    declared + " bytes were declared, but the content wrote " + written + " bytes.");
        }
        if (found != declared) {
            throw new IOException("the file has " + found + " bytes after " + declared + " bytes were written to it");
        }
    }
}
