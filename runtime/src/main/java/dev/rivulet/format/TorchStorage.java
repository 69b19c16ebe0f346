package dev.rivulet.format;

import dev.rivulet.tensor.Tensor;

/**
 * Memory that tensors of a PyTorch file are views of. Those that share one share its bytes, which are stored once.
 *
 * <p>Two storages are the same if they are one object.
 */
public sealed interface TorchStorage permits MemoryStorage, FileStorage {
    /** The elements of a tensor as a storage, which borrows them: it is valid as long as the tensor. */
    static TorchStorage of(Tensor elements) {
        return new MemoryStorage(elements);
    }

    /** Size in bytes. */
    long byteCount();
}
