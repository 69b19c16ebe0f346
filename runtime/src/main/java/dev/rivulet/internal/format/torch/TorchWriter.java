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
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * A PyTorch file ({@code .ckpt}, {@code .pt}) that has been laid out as by {@code torch.save}; {@link #writeTo} writes
 * it.
 *
 * <p>The same content gives the same bytes. Storages start at multiples of 64 bytes, so that {@code torch.load(…,
 * mmap=True)} and other readers can use them in place; tensors of one storage share its bytes. Except for small
 * storages, bytes are written directly from the tensors' memory to the channel.
 *
 * <p>Each zip entry has a CRC-32, and the entry {@code .data/rivulet} states that all other bytes are exactly as this
 * class writes them. So {@link TorchReader} can detect every changed bit after the file was copied.
 *
 * <p>Borrows the tensors' memory. Immutable; may be written several times.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/notes/serialization.html#torch-save-with-use-new-zipfile-serialization-true">PyTorch's notes on the format</a>
 */
public final class TorchWriter implements FileLayout {
    /** The folder name that PyTorch uses if the file name is not known. */
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
     * @throws IllegalArgumentException if Python or the reader would refuse it: a tensor in another file (read it
     *     first) or with a dtype that PyTorch does not support, one storage with two dtypes, an unpaired surrogate in a
     *     string, a class that is not on the list of harmless ones, or values nested more than 128 levels deep
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
        throw new IllegalArgumentException("A tensor is in another file; read it first, and save the result.");
    }

    @Override
    public long byteCount() {
        return layout.byteCount();
    }

    /**
     * Writes the file sequentially. Neither flushes nor closes the channel.
     *
     * @param channel in blocking mode, positioned at the start of the file
     * @return size and checksum of the written file
     * @throws IOException if the channel fails; the file is incomplete then
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

    /** Writes the bytes of entries and computes their checksums. */
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

        /** Ends an entry and returns its checksum. */
        long endEntry() {
            long crc32 = entry.getValue();
            entry.reset();
            entries.update(Long.toHexString(crc32).getBytes(StandardCharsets.US_ASCII));
            return crc32;
        }

        /** 40 digits that identify the content, instead of PyTorch's hash of names and checksums. */
        String serializationId() {
            return String.format(Locale.ROOT, "%040d", entries.getValue());
        }
    }
}
