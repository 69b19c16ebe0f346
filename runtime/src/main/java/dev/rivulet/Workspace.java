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
     * An array's values as a tensor that stays as it is. Memory that is not this workspace's, such as that of a live weight
     * or of an array in a field, is copied, because its owner may write to it when the call has ended.
     *
     * @throws IllegalStateException if this workspace is closed, or the array
     */
    Tensor keep(NDArray array) {
        Tensor tensor = retain(array);
        return owns(array) ? tensor : tensor.copy();
    }

    /** Whether an array is managed here, or below. */
    boolean owns(NDArray array) {
        for (NDManager owner = array.getManager(); owner != null; owner = owner.getParentManager()) {
            if (owner == manager) {
                return true;
            }
        }
        return false;
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
