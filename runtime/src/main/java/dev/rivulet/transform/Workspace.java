package dev.rivulet.transform;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The memory of a state dict: arrays that are made from it, loans of live arrays. Ends with its manager. */
final class Workspace {
    private final NDManager manager;
    private @Nullable LiveTensors loans;

    /** Memory that lasts until a manager is closed. */
    Workspace(NDManager manager) {
        this.manager = manager;
    }

    NDManager manager() {
        return manager;
    }

    /** An array's memory as a tensor. It is kept until the manager closes, even if the array is closed before. */
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
     * Refuses the use of memory that is not there any more.
     *
     * @throws IllegalStateException if the manager is closed
     */
    void requireOpen() {
        if (!manager.isOpen()) {
            throw new IllegalStateException(
                    "The call that this state dict was given to has ended, and its memory with it."
                            + " To keep weights for longer, copy them: weights.tensor(name).copy().");
        }
    }
}
