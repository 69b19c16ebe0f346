package dev.rivulet.internal.format.torch;

import dev.rivulet.checkpoint.DamagedFileException;
import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;
import dev.rivulet.internal.format.PositionalSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * A file with positional reads.
 *
 * @param file its name, for messages
 * @param length its size in bytes when it was opened
 * @param source reads its bytes
 */
record ZipInput(String file, long length, PositionalSource source) {

    /** Bytes at a position within the file, in a little-endian buffer. */
    ByteBuffer read(long position, long byteCount) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(byteCount)).order(ByteOrder.LITTLE_ENDIAN);
        readFully(buffer, position);
        return buffer.flip();
    }

    /** Bytes at a position within the file, as an array. */
    byte[] readBytes(long position, long byteCount) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(byteCount)];
        readFully(ByteBuffer.wrap(bytes), position);
        return bytes;
    }

    /** Fills a buffer. */
    void readFully(ByteBuffer target, long position) throws IOException {
        source.readFully(target, position, this::ended);
    }

    /** The exception for a file that was truncated to a position after opening. */
    MalformedTorchFileException ended(long position) {
        return violation(TorchRule.FILE_LENGTH, position, "the file ends here, but was longer when it was opened");
    }

    /**
     * Compares the checksum of an entry with the recorded one.
     *
     * @param crc32 of the bytes that were read, in the low 32 bits
     */
    void verify(ArchiveRecord record, long crc32) throws DamagedFileException {
        if (record.hasChecksum() && crc32 != record.crc32()) {
            throw new DamagedFileException(
                    file,
                    "the checksum of \"" + PickleInput.shown(record.name()) + "\"",
                    HexFormat.of().toHexDigits(record.crc32(), 8),
                    HexFormat.of().toHexDigits(crc32, 8));
        }
    }

    MalformedTorchFileException violation(TorchRule rule, long position, String detail) {
        return new MalformedTorchFileException(file, rule, position, detail);
    }
}
