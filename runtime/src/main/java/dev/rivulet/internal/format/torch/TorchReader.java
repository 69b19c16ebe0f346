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
 * An open PyTorch file ({@code .ckpt}, {@code .pt}): one of {@code torch.save}, of Lightning or of {@link TorchWriter}.
 *
 * <p>Opening reads and checks everything but the tensors' bytes. Its pickle is read as data: nothing of it is executed, and
 * what is not on a list of harmless names is refused by {@link dev.rivulet.checkpoint.TorchRule#GLOBAL}. Tensors are read when asked for, by
 * positional reads into memory that the caller chooses, and verified by the CRC-32 of their storage.
 *
 * <p>In a file of {@link TorchWriter}, opening and {@link #verify} together find every changed bit. In others, they find
 * those in data and names.
 *
 * <p>Safe for use by several threads, which may read different tensors at once. What was read stays valid after closing.
 */
public final class TorchReader implements AutoCloseable {
    /** Bytes that are too few for a file of PyTorch's, as for what is left of one of another format. */
    private static final int SHORTEST = 8;

    private final FileChannel channel;
    private final TorchArchive archive;

    private TorchReader(FileChannel channel, TorchArchive archive) {
        this.channel = channel;
        this.archive = archive;
    }

    /**
     * Whether a file is one of PyTorch's: a zip file, also if damage to its beginning leaves only the ending to recognize,
     * or a pickle, which is what PyTorch wrote before. If it is damaged or old, {@link #open} may refuse it all the same.
     */
    public static boolean recognizes(FileSignature signature) {
        return signature.beginsWith(ZipLayout.LOCAL_SIGNATURE)
                || (signature.length() > SHORTEST && signature.hasByte(0, Opcode.PROTO))
                || (signature.length() > SHORTEST && signature.endsWith(ZipLayout.END_SIGNATURE, ZipLayout.END_BYTES));
    }

    /**
     * Opens a file, to be closed by the caller.
     *
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if it is not a PyTorch file that can be read safely
     * @throws dev.rivulet.checkpoint.DamagedFileException if it is not what was written
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

    /** What {@code torch.load} returns; its tensors' elements are in the file. */
    public TorchValue content() {
        return archive.content();
    }

    /**
     * Whether the file was written by {@link TorchWriter}, so that {@link #open} and {@link #verify} find every changed
     * bit.
     */
    public boolean isFullyVerifiable() {
        return archive.isOurs();
    }

    /**
     * Reads all entries and checks their checksums.
     *
     * @throws dev.rivulet.checkpoint.DamagedFileException if one is not what was written
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file has become shorter since it was opened
     */
    public void verify() throws IOException {
        RecordReader records = new RecordReader(archive.input());
        archive.records().forEach(records::add);
        records.read();
    }

    /**
     * Reads a tensor into fresh direct memory, contiguous, and verifies its storage.
     *
     * @throws IllegalArgumentException if the tensor is not of this file
     * @throws dev.rivulet.checkpoint.DamagedFileException if its storage is not what was written
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file has become shorter since it was opened
     */
    public Tensor read(TorchTensor tensor) throws IOException {
        DirectMemory memory = DirectMemory.allocate(tensor.byteCount());
        read(Map.of(tensor, memory.chunks()));
        return memory.asTensor(tensor.dtype(), tensor.shape());
    }

    /**
     * Reads tensors into memory that the caller chooses, each row-major, and verifies their storages. A storage is read
     * once, whatever the number of its tensors; one that is not just one contiguous tensor takes memory of its own
     * meanwhile.
     *
     * @param memory for each tensor writable buffers, direct ones for speed, with exactly its bytes remaining; their
     *     positions stay
     * @throws IllegalArgumentException if memory has another size than its tensor or a tensor is not of this file; nothing
     *     is written then
     * @throws dev.rivulet.checkpoint.DamagedFileException if a storage is not what was written; the memory may have been filled with it then
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file has become shorter since it was opened
     */
    public void read(Map<TorchTensor, List<ByteBuffer>> memory) throws IOException {
        StorageReader storages = storages(memory);
        RecordReader records = new RecordReader(archive.input());
        storages.targets().forEach(records::add);
        records.read();
        storages.copyViews();
    }

    /**
     * Reads tensors into memory as {@link #read(Map)} does, in one pass over the whole file that verifies all entries.
     *
     * @param memory as for {@link #read(Map)}; may be empty
     * @return CRC-32C of the whole file, in the low 32 bits
     * @throws IllegalArgumentException if memory has another size than its tensor or a tensor is not of this file; nothing
     *     is written then
     * @throws dev.rivulet.checkpoint.DamagedFileException if an entry is not what was written; the memory may have been filled with it then
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file has become shorter since it was opened
     */
    public long readAll(Map<TorchTensor, List<ByteBuffer>> memory) throws IOException {
        return pass(TorchPass.Verification.OF_ENTRIES).finish(memory);
    }

    /** Begins a pass over the whole file in several steps, to be finished before this is closed. */
    public TorchPass pass(TorchPass.Verification verification) {
        return new TorchPass(this, archive, verification);
    }

    /**
     * The content with all tensors read into memory and verified; tensors that share a storage share its memory.
     *
     * @throws dev.rivulet.checkpoint.DamagedFileException if a storage is not what was written
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file has become shorter since it was opened
     */
    public TorchValue load() throws IOException {
        ValueLoader loader = new ValueLoader(new RecordReader(archive.input()));
        TorchValue loaded = loader.inMemory(archive.content());
        loader.records().read();
        return loaded;
    }

    /** Closes the file. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * A reading of tensors of this file.
     *
     * @throws IllegalArgumentException if memory has another size than its tensor or a tensor is not of this file
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
