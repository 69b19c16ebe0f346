package dev.rivulet.testing;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Watches a run of a proof. Ends it by a {@link InjectedStop}. */
interface RunObserver {

    /**
     * Before a batch, or at the end of training.
     *
     * @param index of the batch in the whole run
     * @param weights the live ones
     */
    void beforeBatch(int index, Step step, Map<String, NDArray> weights);

    /** After a batch, with the loss. */
    default void afterBatch(int index, Step step) {}

    /** Whether the run is to go on where it would be stopped, because there is something to find out yet. */
    default boolean needsMoreBatches() {
        return false;
    }
}
