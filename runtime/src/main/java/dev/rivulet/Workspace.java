package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.tensor.LiveTensors;
import dev.rivulet.tensor.Tensor;

/** Memory that lives for one save event, or as long as a module: arrays that transforms make, loans of live arrays. */
final class Workspace implements AutoCloseable {
    private final NDManager manager;
    private final LiveTensors loans = new LiveTensors();

    Workspace(NDManager parent) {
        this.manager = parent.newSubManager();
    }

    /**
     * Holds what is created during the life of this workspace.
     *
     * @throws IllegalStateException if that is over
     */
    NDManager manager() {
        requireOpen();
        return manager;
    }

    /**
     * An array's memory as a tensor. The memory is kept until this workspace closes, even if the array is closed before.
     *
     * @throws IllegalStateException if this workspace is closed, or the array
     */
    Tensor retain(NDArray array) {
        requireOpen();
        NDArray alias = array.stopGradient();
        alias.attach(manager);
        return loans.view(alias);
    }

    /**
     * Refuses the use of memory that is not there any more.
     *
     * @throws IllegalStateException if this workspace is closed
     */
    void requireOpen() {
        if (!manager.isOpen()) {
            throw new IllegalStateException(
                    "The call that this state dict was given to has ended, and its memory with it."
                            + " To keep weights for longer, copy them: weights.tensor(name).copy().");
        }
    }

    @Override
    public void close() {
        loans.close();
        manager.close();
    }
}
