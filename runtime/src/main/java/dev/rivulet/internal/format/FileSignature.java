package dev.rivulet.internal.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/** The first and last bytes of a file, from which each format recognizes its files regardless of their names. */
public final class FileSignature {
    /** Enough for the magic numbers of all formats. */
    private static final int END_BYTES = 64;

    /** What files are by their first characters, and what to do. */
    private static final Map<String, String> KNOWN = Map.of(
            "version https://git-lfs",
            "is a pointer of Git LFS to the file, not the file itself. Run git lfs pull.",
            "DJL@",
            "holds parameters of DJL's Model.save or Block.saveParameters. Load it with Model.load or"
                    + " Block.loadParameters, and save it with a trainer's stream.",
            "GGUF",
            "is a GGUF file, which is written but not read. Load the checkpoint from which it was made.",
            "\u0089HDF",
            "is an HDF5 file. Load it in Python, and save the weights with safetensors or torch.save.",
            "<!DOCTYPE",
            "is a web page, not the file that was to be downloaded. Download the file itself.",
            "<html",
            "is a web page, not the file that was to be downloaded. Download the file itself.",
            "\u001f\u008b",
            "is compressed with gzip. Unpack it.");

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

    /** What the file is if it is of no format that is read, and what to do, as the end of a sentence. */
    public Optional<String> known() {
        if (length == 0) {
            return Optional.of("is empty: writing or copying it was interrupted. Write or copy it again.");
        } else if (isZero(beginning) && isZero(ending)) {
            return Optional.of("begins and ends with zeros: its content was lost, for example when a machine stopped"
                    + " before it was on the disk. Copy it again, or use an earlier checkpoint.");
        }
        String start = StandardCharsets.ISO_8859_1.decode(beginning.duplicate()).toString();
        return KNOWN.entrySet().stream()
                .filter(format -> start.startsWith(format.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean isZero(ByteBuffer bytes) {
        for (int i = 0; i < bytes.limit(); i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
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
