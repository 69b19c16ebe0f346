package dev.rivulet.internal.format.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One pass over a PyTorch file in several steps: tensors are read when there is memory for them, and every byte of the file
 * once. Made by {@link TorchReader#pass}, and for one thread.
 */
public final class TorchPass {
    private final TorchReader reader;
    private final TorchArchive archive;
    private final RecordReader records;
    private final boolean checksEntries;
    private final Set<ArchiveRecord> done = new HashSet<>();

    /** What is compared with what was written. */
    public enum Verification {
        /** Each entry when it is read, by its CRC-32 in the file. */
        OF_ENTRIES,
        /**
         * Nothing: the caller knows the checksum of the whole file and compares it when the pass is finished, which saves the
         * time for a second one.
         */
        BY_CALLER
    }

    TorchPass(TorchReader reader, TorchArchive archive, Verification verification) {
        this.reader = reader;
        this.archive = archive;
        this.records = new RecordReader(archive.input());
        this.checksEntries = verification == Verification.OF_ENTRIES;
    }

    /**
     * Reads tensors into memory that the caller chooses. One whose storage an earlier step has read is read again.
     *
     * @param memory as for {@link TorchReader#read(Map)}
     * @throws IllegalArgumentException if memory has another size than its tensor or a tensor is not of this file; nothing
     *     is written then
     * @throws dev.rivulet.checkpoint.DamagedFileException if a storage is verified and is not what was written; the memory may have been filled with it then
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file has become shorter since it was opened
     */
    public void read(Map<TorchTensor, List<ByteBuffer>> memory) throws IOException {
        StorageReader storages = begin(memory);
        records.readStep(checksEntries);
        storages.copyViews();
    }

    /**
     * Reads tensors as {@link #read} does, and all else that has not been read.
     *
     * @param memory as for {@link #read}; may be empty
     * @return CRC-32C of the whole file, in the low 32 bits
     * @throws IllegalArgumentException if memory has another size than its tensor or a tensor is not of this file; nothing
     *     is written then
     * @throws dev.rivulet.checkpoint.DamagedFileException if an entry is verified and is not what was written; the memory may have been filled with it then
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file has become shorter since it was opened
     */
    public long finish(Map<TorchTensor, List<ByteBuffer>> memory) throws IOException {
        StorageReader storages = begin(memory);
        for (ArchiveRecord record : archive.records()) {
            if (done.add(record)) {
                records.add(record);
            }
        }
        long crc32c = records.readLastStep(checksEntries);
        storages.copyViews();
        return crc32c;
    }

    /** Adds what is to be read now, and reads at once what has been read before. */
    private StorageReader begin(Map<TorchTensor, List<ByteBuffer>> memory) throws IOException {
        Map<TorchTensor, List<ByteBuffer>> fresh = new HashMap<>(memory);
        Map<TorchTensor, List<ByteBuffer>> again = new HashMap<>(memory);
        again.keySet().removeIf(tensor -> !isDone(tensor));
        fresh.keySet().removeAll(again.keySet());
        StorageReader storages = reader.storages(fresh);
        if (!again.isEmpty()) {
            reader.read(again);
        }
        storages.targets().forEach((record, target) -> {
            done.add(record);
            records.add(record, target);
        });
        return storages;
    }

    private boolean isDone(TorchTensor tensor) {
        return tensor.storage() instanceof TorchStorage.InFile storage && done.contains(storage.record());
    }
}
