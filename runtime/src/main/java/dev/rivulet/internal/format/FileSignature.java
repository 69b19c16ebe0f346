package dev.rivulet.internal.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The first and the last bytes of a file, by which each format recognizes its own, whatever the file is called. */
public final class FileSignature {
    /** More than the magic numbers of formats take. */
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

    /** Bytes at a position, fewer where the file ends. */
    private static ByteBuffer read(FileChannel channel, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
            // A read may give less than there is.
        }
        return bytes.flip();
    }

    /** Bytes of the file. */
    public long length() {
        return length;
    }

    /** Whether the file has this byte there, counted from its beginning. */
    public boolean hasByte(int position, int value) {
        return position < beginning.limit() && beginning.get(position) == (byte) value;
    }

    /** Whether the file begins with this little-endian number. */
    public boolean beginsWith(int number) {
        return beginning.limit() >= Integer.BYTES && beginning.getInt(0) == number;
    }

    /**
     * Whether the last bytes of the file, or all of a shorter one, begin with this little-endian number.
     *
     * @param byteCount how many bytes, at most 64
     */
    public boolean endsWith(int number, int byteCount) {
        int position = Math.max(0, ending.limit() - byteCount);
        return ending.limit() - position >= Integer.BYTES && ending.getInt(position) == number;
    }
}
