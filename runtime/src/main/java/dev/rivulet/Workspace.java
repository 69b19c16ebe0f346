package dev.rivulet;

import ai.djl.ndarray.NDManager;
import dev.rivulet.tensor.LiveTensors;

/** Memory that lives for one save event, or as long as a module: arrays that transforms make, loans of live arrays. */
final class Workspace implements AutoCloseable {
    private final NDManager manager;
    private final LiveTensors loans = new LiveTensors();

    Workspace(NDManager parent) {
        this.manager = parent.newSubManager();
    }

    NDManager manager() {
        return manager;
    }

    LiveTensors loans() {
        return loans;
    }

    @Override
    public void close() {
        loans.close();
        manager.close();
    }
}
