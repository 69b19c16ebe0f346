package dev.rivulet.internal.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The first and last bytes of a file, from which each format recognizes its files regardless of their names. */
public final class FileSignature {
    /** Enough for the magic numbers of all formats. */
    private static final int END_BYTES = 64;

    private final long length;
    private final ByteBuffer beginning;
    private final ByteBuffer ending;

    private FileSignature(long length, ByteBuffer beginning, ByteBuffer ending) {
        this.length = length;
        this.beginning = beginning;
        this.ending = ending;
    }

    /**
     * Reads a file's signature.
     *
     * @throws IOException if the file cannot be opened or read
     */
    public static FileSignature of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = channel.size();
            ByteBuffer beginning = read(channel, 0);
            return new FileSignature(length, beginning, read(channel, Math.max(0, length - END_BYTES)));
        }
    }

    /** Bytes at a position, fewer at the end of the file. */
    private static ByteBuffer read(FileChannel channel, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
            // A read may return fewer bytes than available.
        }
        return bytes.flip();
    }

    /** Size of the file in bytes. */
    public long length() {
        return length;
    }

    /** Whether the file has this byte at a position, counted from its start. */
    public boolean hasByte(int position, int value) {
        return position < beginning.limit() && beginning.get(position) == (byte) value;
    }

    /** Whether the file starts with this little-endian number. */
    public boolean beginsWith(int number) {
        return beginning.limit() >= Integer.BYTES && beginning.getInt(0) == number;
    }

    /**
     * Whether the last bytes of the file, or the whole file if it is shorter, start with this little-endian number.
     *
     * @param byteCount how many last bytes, at most 64
     */
    public boolean endsWith(int number, int byteCount) {
        int position = Math.max(0, ending.limit() - byteCount);
        return ending.limit() - position >= Integer.BYTES && ending.getInt(position) == number;
    }
}
