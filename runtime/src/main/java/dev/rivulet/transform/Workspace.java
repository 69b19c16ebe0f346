package dev.rivulet.transform;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.internal.tensor.NDArrays;
import dev.rivulet.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Where the arrays of a state dict and their memory belong. Valid until its manager is closed. */
final class Workspace {
    private final NDManager manager;
    private final NDManager memory;
    private @Nullable LiveTensors loans;

    /**
     * A workspace.
     *
     * @param manager owns the arrays
     * @param memory keeps the memory of arrays that are copies or viewed, even if the arrays are closed
     */
    Workspace(NDManager manager, NDManager memory) {
        this.manager = manager;
        this.memory = memory;
    }

    /** A copy of a tensor, in memory that belongs to libtorch. */
    NDArray copy(Tensor tensor) {
        return NDArrays.copy(memory, tensor);
    }

    /** An array over the memory of another one. */
    NDArray alias(NDArray array) {
        return attach(array.stopGradient(), manager);
    }

    /** The memory of an array as a tensor, valid until the memory is closed, even if the array is closed before. */
    Tensor view(NDArray array) {
        NDArray alias = attach(array.stopGradient(), memory);
        if (loans == null) {
            loans = new LiveTensors();
            memory.attachInternal(NDManager.nextUid(), loans);
        }
        return loans.view(alias);
    }

    private static NDArray attach(NDArray array, NDManager owner) {
        array.attach(owner);
        return array;
    }

    /**
     * Rejects the use of memory that has been freed.
     *
     * @throws IllegalStateException if the manager is closed
     */
    void requireOpen() {
        if (!manager.isOpen()) {
            throw new IllegalStateException("The call that received this state dict has ended, and its memory is freed."
                    + " To keep weights for longer, copy them: weights.tensor(name).");
        }
    }
}
