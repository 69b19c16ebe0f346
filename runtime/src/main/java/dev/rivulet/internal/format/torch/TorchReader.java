package dev.rivulet.internal.format.torch;

import dev.rivulet.internal.format.FileSignature;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An open PyTorch file ({@code .ckpt}, {@code .pt}) that {@code torch.save}, Lightning or {@link TorchWriter} wrote.
 *
 * <p>Opening reads and checks everything except the bytes of the tensors. The pickle is read as data: nothing in it is
 * executed, and names outside a list of harmless ones are refused by {@link dev.rivulet.checkpoint.TorchRule#GLOBAL}.
 * Tensors are read on request, by positional reads into the caller's memory, and verified by the CRC-32 of their
 * storage.
 *
 * <p>In a file of {@link TorchWriter}, opening and {@link #verify} together detect every changed bit. In other files
 * they detect changes in data and names.
 *
 * <p>Safe for use by several threads, which may read different tensors at once. Results stay valid after closing.
 */
public final class TorchReader implements AutoCloseable {
    /** A shorter file cannot be a PyTorch file; it may be a truncated file of another format. */
    private static final int SHORTEST = 8;

    private final FileChannel channel;
    private final TorchArchive archive;

    private TorchReader(FileChannel channel, TorchArchive archive) {
        this.channel = channel;
        this.archive = archive;
    }

    /**
     * Whether a file is a PyTorch file: a zip file, recognized by its start or its end in case one is damaged, or a
     * pickle, the former format of PyTorch. {@link #open} may still refuse it if it is damaged or has the old format.
     */
    public static boolean recognizes(FileSignature signature) {
        return signature.beginsWith(ZipLayout.LOCAL_SIGNATURE)
                || (signature.length() > SHORTEST && signature.hasByte(0, Opcode.PROTO))
                || (signature.length() > SHORTEST && signature.endsWith(ZipLayout.END_SIGNATURE, ZipLayout.END_BYTES));
    }

    /**
     * Opens a file, which the caller must close.
     *
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if it is not a PyTorch file that can be read safely
     * @throws dev.rivulet.checkpoint.DamagedFileException if it is damaged
     * @throws IOException if it cannot be opened or read
     */
    public static TorchReader open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            ZipInput input = new ZipInput(file.toString(), channel.size(), channel::read);
            return new TorchReader(channel, TorchArchive.read(input));
        } catch (Throwable e) {
            try {
                channel.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /** The value that {@code torch.load} returns; the elements of its tensors are in the file. */
    public TorchValue content() {
        return archive.content();
    }

    /**
     * Whether {@link TorchWriter} wrote the file, so that {@link #open} and {@link #verify} detect every changed bit.
     */
    public boolean isFullyVerifiable() {
        return archive.isOurs();
    }

    /** Whether the file has checksums, without which damage to tensors is not detected. */
    public boolean hasChecksums() {
        return archive.hasChecksums();
    }

    /**
     * Reads all entries and verifies their checksums.
     *
     * @throws dev.rivulet.checkpoint.DamagedFileException if an entry is damaged
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated after opening
     */
    public void verify() throws IOException {
        RecordReader records = new RecordReader(archive.input());
        archive.records().forEach(records::add);
        records.read();
    }

    /**
     * Reads a tensor into newly allocated, contiguous direct memory, and verifies its storage.
     *
     * @throws IllegalArgumentException if the tensor belongs to another file
     * @throws dev.rivulet.checkpoint.DamagedFileException if its storage is damaged
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated after opening
     */
    public Tensor read(TorchTensor tensor) throws IOException {
        DirectMemory memory = DirectMemory.allocate(tensor.byteCount());
        read(Map.of(tensor, memory.chunks()));
        return memory.asTensor(tensor.dtype(), tensor.shape());
    }

    /**
     * Reads tensors into the caller's memory in row-major order, and verifies their storages. Each storage is read
     * once; unless it is a single contiguous tensor, it takes temporary memory.
     *
     * @param memory for each tensor writable buffers, direct ones for speed, with exactly its size remaining; their
     *     positions do not change
     * @throws IllegalArgumentException if the size of a tensor's memory is wrong or a tensor belongs to another file;
     *     then nothing is written
     * @throws dev.rivulet.checkpoint.DamagedFileException if a storage is damaged; the memory may have been overwritten
     *     then
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated after opening
     */
    public void read(Map<TorchTensor, List<ByteBuffer>> memory) throws IOException {
        StorageReader storages = storages(memory);
        RecordReader records = new RecordReader(archive.input());
        storages.targets().forEach(records::add);
        records.read();
        storages.copyViews();
    }

    /**
     * Reads tensors into memory like {@link #read(Map)}, in one pass over the whole file that verifies all entries.
     *
     * @param memory as for {@link #read(Map)}; may be empty
     * @return CRC-32C of the whole file, in the low 32 bits
     * @throws IllegalArgumentException if the size of a tensor's memory is wrong or a tensor belongs to another file;
     *     then nothing is written
     * @throws dev.rivulet.checkpoint.DamagedFileException if an entry is damaged; the memory may have been overwritten
     *     then
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated after opening
     */
    public long readAll(Map<TorchTensor, List<ByteBuffer>> memory) throws IOException {
        return pass(TorchPass.Verification.OF_ENTRIES).finish(memory);
    }

    /** Starts a pass over the whole file in several steps, which must finish before this reader is closed. */
    public TorchPass pass(TorchPass.Verification verification) {
        return new TorchPass(this, archive, verification);
    }

    /**
     * The content with all tensors read into memory and verified; tensors that share a storage share its memory.
     *
     * @throws dev.rivulet.checkpoint.DamagedFileException if a storage is damaged
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated after opening
     */
    public TorchValue load() throws IOException {
        return load(archive.content());
    }

    /** A part of the content, like {@link #load()}. */
    public TorchValue load(TorchValue part) throws IOException {
        ValueLoader loader = new ValueLoader(new RecordReader(archive.input()));
        TorchValue loaded = loader.inMemory(part);
        loader.records().read();
        return loaded;
    }

    /** Closes the file. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * A reader for the storages of tensors of this file.
     *
     * @throws IllegalArgumentException if the size of a tensor's memory is wrong or a tensor belongs to another file
     */
    StorageReader storages(Map<TorchTensor, List<ByteBuffer>> memory) {
        return new StorageReader(bySource(memory), memory);
    }

    private Map<TorchStorage.InFile, List<TorchTensor>> bySource(Map<TorchTensor, List<ByteBuffer>> memory) {
        Map<TorchStorage.InFile, List<TorchTensor>> byStorage = new LinkedHashMap<>();
        memory.forEach((tensor, buffers) -> {
            checkSize(tensor, buffers);
            byStorage
                    .computeIfAbsent(storage(tensor), first -> new ArrayList<>())
                    .add(tensor);
        });
        return byStorage;
    }

    private TorchStorage.InFile storage(TorchTensor tensor) {
        if (tensor.storage() instanceof TorchStorage.InFile storage && archive.holds(storage)) {
            return storage;
        }
        throw new IllegalArgumentException(
                tensor + " is not in " + archive.input().file() + ".");
    }

    private static void checkSize(TorchTensor tensor, List<ByteBuffer> memory) {
        long room = memory.stream().mapToLong(ByteBuffer::remaining).sum();
        if (room != tensor.byteCount()) {
            throw new IllegalArgumentException(
                    tensor + " has " + tensor.byteCount() + " bytes and cannot fill memory of " + room + ".");
        }
    }
}
