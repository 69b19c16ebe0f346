package dev.rivulet.format;

import dev.rivulet.format.SafetensorsHeader.PositionalSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A file whose parts are read at their places.
 *
 * @param file its name, for messages
 * @param length its bytes when it was opened
 * @param source reads them
 */
record ZipInput(String file, long length, PositionalSource source) {

    /** Bytes at a place that the file has, as little-endian numbers. */
    ByteBuffer read(long position, long byteCount) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(byteCount)).order(ByteOrder.LITTLE_ENDIAN);
        readFully(buffer, position);
        return buffer.flip();
    }

    /** The same as an array. */
    byte[] readBytes(long position, long byteCount) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(byteCount)];
        readFully(ByteBuffer.wrap(bytes), position);
        return bytes;
    }

    /** Fills a buffer. */
    void readFully(ByteBuffer target, long position) throws IOException {
        long next = position;
        while (target.hasRemaining()) {
            int count = source.read(target, next);
            if (count < 0) {
                throw violation(TorchRule.FILE_LENGTH, next, "the file ends although it was longer when it was opened");
            }
            next += count;
        }
    }

    MalformedTorchFileException violation(TorchRule rule, long position, String detail) {
        return new MalformedTorchFileException(file, rule, position, detail);
    }
}
