package dev.rivulet.internal.format.torch;

import dev.rivulet.internal.tensor.DirectMemory;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Assigns memory to the storages of tensors: the tensor's own memory if it is contiguous and the only view of its
 * storage, otherwise temporary memory from which the tensors are copied.
 */
final class StorageReader {
    private final Map<TorchStorage.InFile, List<TorchTensor>> tensors;
    private final Map<TorchTensor, List<ByteBuffer>> memory;
    private final Map<ArchiveRecord, List<ByteBuffer>> targets = new LinkedHashMap<>();
    private final Map<TorchStorage.InFile, DirectMemory> shared = new HashMap<>();

    /**
     * A reader.
     *
     * @param tensors the tensors of each storage to read
     * @param memory buffers for each of the tensors, of its size
     */
    StorageReader(Map<TorchStorage.InFile, List<TorchTensor>> tensors, Map<TorchTensor, List<ByteBuffer>> memory) {
        this.tensors = tensors;
        this.memory = memory;
        tensors.forEach((storage, views) -> targets.put(storage.record(), target(storage, views)));
    }

    private List<ByteBuffer> target(TorchStorage.InFile storage, List<TorchTensor> views) {
        TorchTensor first = views.get(0);
        if (views.size() == 1 && first.isWholeStorage()) {
            return memory.getOrDefault(first, List.of());
        }
        DirectMemory whole = DirectMemory.allocate(storage.byteCount());
        shared.put(storage, whole);
        return whole.chunks();
    }

    /** The target memory of each storage. */
    Map<ArchiveRecord, List<ByteBuffer>> targets() {
        return targets;
    }

    /** Copies the tensors out of temporary memory, once all bytes have been read. */
    void copyViews() {
        shared.forEach((storage, whole) -> {
            for (TorchTensor view : tensors.getOrDefault(storage, List.of())) {
                StridedCopy.copy(view, whole.chunks(), memory.getOrDefault(view, List.of()));
            }
        });
    }
}
