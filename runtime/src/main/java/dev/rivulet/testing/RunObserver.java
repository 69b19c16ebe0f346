package dev.rivulet.testing;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** Observes a run of a verification. Throws {@link InjectedStop} to end it. */
interface RunObserver {

    /**
     * Called before a batch, and at the end of training.
     *
     * @param index index of the batch in the whole run
     * @param weights the live weights
     */
    void beforeBatch(int index, Step step, Map<String, NDArray> weights);

    /** Called after a batch; the step has its loss. */
    default void afterBatch(int index, Step step) {}

    /** Whether the run must continue past its next stop, because the comparison is incomplete. */
    default boolean needsMoreBatches() {
        return false;
    }
}
