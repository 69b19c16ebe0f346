package dev.rivulet.internal.format.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One pass over a PyTorch file in several steps: tensors are read when their memory is available, and every byte of the
 * file is read once. Created by {@link TorchReader#pass}; for use by one thread.
 */
public final class TorchPass {
    private final TorchReader reader;
    private final TorchArchive archive;
    private final RecordReader records;
    private final boolean checksEntries;
    private final Set<ArchiveRecord> done = new HashSet<>();

    /** How the bytes are verified. */
    public enum Verification {
        /** By the recorded CRC-32 of each entry. */
        OF_ENTRIES,
        /**
         * Not at all: the caller knows the checksum of the whole file and compares it after the pass, which saves the
         * time for a second checksum.
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
     * Reads tensors into the caller's memory. A tensor whose storage was read in an earlier step is read again.
     *
     * @param memory as for {@link TorchReader#read(Map)}
     * @throws IllegalArgumentException if the size of a tensor's memory is wrong or a tensor belongs to another file;
     *     then nothing is written
     * @throws dev.rivulet.checkpoint.DamagedFileException if a verified storage is damaged; the memory may have been
     *     overwritten then
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated after opening
     */
    public void read(Map<TorchTensor, List<ByteBuffer>> memory) throws IOException {
        StorageReader storages = begin(memory);
        records.readStep(checksEntries);
        storages.copyViews();
    }

    /**
     * Reads tensors like {@link #read}, and then the rest of the file.
     *
     * @param memory as for {@link #read}; may be empty
     * @return CRC-32C of the whole file, in the low 32 bits
     * @throws IllegalArgumentException if the size of a tensor's memory is wrong or a tensor belongs to another file;
     *     then nothing is written
     * @throws dev.rivulet.checkpoint.DamagedFileException if a verified entry is damaged; the memory may have been
     *     overwritten then
     * @throws dev.rivulet.checkpoint.MalformedTorchFileException if the file was truncated after opening
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

    /** Adds the storages to read, and immediately rereads tensors whose storages were read before. */
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
