package dev.rivulet.internal.format.torch;

import dev.rivulet.internal.format.FileLayout;
import dev.rivulet.internal.format.GatheringWriter;
import dev.rivulet.internal.format.WrittenFile;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A PyTorch file ({@code .ckpt}, {@code .pt}) to be, as {@code torch.save} lays it out: its layout is fixed, its bytes are
 * written by {@link #writeTo}.
 *
 * <p>The same content gives the same bytes. Storages begin at multiples of 64 bytes, so that {@code torch.load(…,
 * mmap=True)} and others use them in place; tensors of one storage share its bytes. The bytes of all but small storages
 * go from their own memory to the channel without a copy in between.
 *
 * <p>Every entry has the CRC-32 of a zip file, and an entry {@code .data/rivulet} says that everything else in the file
 * is as this class writes it; so {@link TorchReader} finds every changed bit, wherever the file has been copied to.
 *
 * <p>Borrows the tensors' memory. Immutable, and may be written several times.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/notes/serialization.html#torch-save-with-use-new-zipfile-serialization-true">PyTorch's notes on the format</a>
 */
public final class TorchWriter implements FileLayout {
    /** The folder's name where the file's own name is not known, as for a stream. */
    private static final String FOLDER = "archive/";

    /** Bytes that stay in the cache between two checksums and the write. */
    private static final int PIECE_BYTES = 1 << 18;

    /** Writes the bytes of one entry. */
    private interface Body {
        void writeTo(EntryOutput out) throws IOException;
    }

    private final List<Body> bodies;
    private final ZipLayout layout;

    private TorchWriter(List<Body> bodies, ZipLayout layout) {
        this.bodies = bodies;
        this.layout = layout;
    }

    /**
     * Lays out a file.
     *
     * @param content the value that {@code torch.load} returns, for a checkpoint a dict
     * @throws IllegalArgumentException if Python or the reader would refuse it: a tensor that is in another file (read it
     *     before) or of a dtype that PyTorch has not, one storage under two dtypes, half a surrogate pair in a text, a class
     *     that is not harmless, values nested more than 128 deep
     */
    public static TorchWriter of(TorchValue content) {
        TorchPickler.Pickled pickled = TorchPickler.pickle(content);
        List<String> names = new ArrayList<>();
        List<Long> sizes = new ArrayList<>();
        List<Body> bodies = new ArrayList<>();
        addBytes("data.pkl", pickled.bytes(), names, sizes, bodies);
        addString(".format_version", "1", names, sizes, bodies);
        addString(".storage_alignment", "64", names, sizes, bodies);
        addString(ArchiveRecord.BYTE_ORDER, "little", names, sizes, bodies);
        for (int i = 0; i < pickled.storages().size(); i++) {
            Tensor elements = elements(pickled.storages().get(i));
            names.add(FOLDER + ArchiveRecord.STORAGES + i);
            sizes.add(elements.byteCount());
            bodies.add(out -> {
                for (ByteBuffer chunk : elements.chunks()) {
                    out.write(chunk);
                }
            });
        }
        addString(ArchiveRecord.VERSION, "3\n", names, sizes, bodies);
        names.add(FOLDER + ".data/serialization_id");
        sizes.add(40L);
        bodies.add(out -> out.write(ByteBuffer.wrap(out.serializationId().getBytes(StandardCharsets.US_ASCII))));
        addString(ArchiveRecord.MARKER, "1", names, sizes, bodies);
        long[] byteCounts = sizes.stream().mapToLong(Long::longValue).toArray();
        return new TorchWriter(List.copyOf(bodies), new ZipLayout(names, byteCounts));
    }

    private static void addString(String name, String value, List<String> names, List<Long> sizes, List<Body> bodies) {
        addBytes(name, value.getBytes(StandardCharsets.US_ASCII), names, sizes, bodies);
    }

    private static void addBytes(String name, byte[] bytes, List<String> names, List<Long> sizes, List<Body> bodies) {
        names.add(FOLDER + name);
        sizes.add((long) bytes.length);
        bodies.add(out -> out.write(ByteBuffer.wrap(bytes)));
    }

    private static Tensor elements(TorchStorage storage) {
        if (storage instanceof TorchStorage.InMemory memory) {
            return memory.elements();
        }
        throw new IllegalArgumentException("A tensor is in another file; read it before, and save what was read.");
    }

    @Override
    public long byteCount() {
        return layout.byteCount();
    }

    /**
     * Writes the file from its beginning to its end. Neither flushes nor closes the channel.
     *
     * @param channel in blocking mode, at the place where the file begins
     * @return what was written, with a checksum computed on the way
     * @throws IOException if the channel fails; what has been written until then is no valid file
     */
    @Override
    public WrittenFile writeTo(WritableByteChannel channel) throws IOException {
        EntryOutput out = new EntryOutput(new GatheringWriter(channel, byteCount()));
        long[] crc32s = new long[bodies.size()];
        for (int i = 0; i < crc32s.length; i++) {
            out.file.write(ByteBuffer.wrap(layout.header(i)));
            bodies.get(i).writeTo(out);
            crc32s[i] = out.endEntry();
            out.file.write(ByteBuffer.wrap(layout.descriptor(i, crc32s[i])));
        }
        out.file.write(ByteBuffer.wrap(layout.ending(crc32s)));
        return out.file.finish();
    }

    /** Entries on their way to the file. */
    private static final class EntryOutput {
        private final GatheringWriter file;
        private final CRC32 entry = new CRC32();
        private final CRC32 entries = new CRC32();

        EntryOutput(GatheringWriter file) {
            this.file = file;
        }

        void write(ByteBuffer bytes) throws IOException {
            for (int from = bytes.position(); from < bytes.limit(); from += PIECE_BYTES) {
                ByteBuffer piece = bytes.slice(from, Math.min(PIECE_BYTES, bytes.limit() - from));
                entry.update(piece.duplicate());
                file.write(piece);
            }
        }

        /** Ends an entry; its checksum. */
        long endEntry() {
            long crc32 = entry.getValue();
            entry.reset();
            entries.update(Long.toHexString(crc32).getBytes(StandardCharsets.US_ASCII));
            return crc32;
        }

        /** 40 digits that stand for the content, in place of PyTorch's hash of names and checksums. */
        String serializationId() {
            return "%040d".formatted(entries.getValue());
        }
    }
}
