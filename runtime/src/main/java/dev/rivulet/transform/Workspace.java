package dev.rivulet.transform;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The memory of a state dict: arrays created from it, and views of live arrays. Valid until its manager is closed. */
final class Workspace {
    private final NDManager manager;
    private @Nullable LiveTensors loans;

    /** Memory that is valid until the manager is closed. */
    Workspace(NDManager manager) {
        this.manager = manager;
    }

    NDManager manager() {
        return manager;
    }

    /** The memory of an array as a tensor, valid until the manager is closed, even if the array is closed before. */
    Tensor lend(NDArray array) {
        NDArray alias = array.stopGradient();
        alias.attach(manager);
        if (loans == null) {
            loans = new LiveTensors();
            manager.attachInternal(NDManager.nextUid(), loans);
        }
        return loans.view(alias);
    }

    /**
     * Rejects the use of memory that has been freed.
     *
     * @throws IllegalStateException if the manager is closed
     */
    void requireOpen() {
        if (!manager.isOpen()) {
            throw new IllegalStateException("The call that received this state dict has ended, and its memory is freed."
                    + " To keep weights for longer, copy them: weights.tensor(name).copy().");
        }
    }
}
