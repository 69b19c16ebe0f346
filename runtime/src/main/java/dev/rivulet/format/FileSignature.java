package dev.rivulet.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Tells by a few bytes which format a file has. */
final class FileSignature {
    /** Where a safetensors file's header begins, with a brace. */
    private static final int HEADER = 8;

    private FileSignature() {}

    /**
     * Whether a file is one of PyTorch's: a zip file, also if damage to its beginning leaves just the ending to tell, or a
     * pickle, which is what it wrote before. A header of safetensors excludes both.
     */
    static boolean isTorch(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer beginning = read(channel, 0, HEADER + 1);
            if (beginning.limit() <= HEADER) {
                return beginning.limit() >= Integer.BYTES && beginning.getInt(0) == ZipLayout.LOCAL_SIGNATURE;
            }
            if (beginning.get(HEADER) == '{') {
                return false;
            }
            ByteBuffer ending = read(channel, Math.max(0, channel.size() - ZipLayout.END_BYTES), Integer.BYTES);
            return beginning.getInt(0) == ZipLayout.LOCAL_SIGNATURE
                    || beginning.get(0) == (byte) Opcode.PROTO
                    || (ending.limit() == Integer.BYTES && ending.getInt(0) == ZipLayout.END_SIGNATURE);
        }
    }

    /** Bytes at a place, fewer where the file ends. */
    private static ByteBuffer read(FileChannel channel, long position, int byteCount) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(byteCount).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
            // A read may give less than there is.
        }
        return bytes.flip();
    }
}
