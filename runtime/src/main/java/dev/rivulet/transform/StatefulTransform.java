package dev.rivulet.transform;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * A transform that follows training.
 *
 * <p>Held in a field annotated with {@code @WeightTransform}. It is notified of every optimizer step, and asked for
 * weights when its stream saves. All methods are called on the training thread, one at a time.
 *
 * <p>When a run resumes, so does its state: arrays in {@link #stateArrays}, which are copied with the weights and
 * written back in place, and plain values in {@link #state}. A transform that keeps something and saves none of it
 * starts fresh when a run resumes.
 *
 * @since 0.1
 */
public interface StatefulTransform {

    /**
     * Makes the arrays of the state. Called once per fit on the training thread, before the first step, and when a run
     * resumes before the state is restored.
     *
     * @param weights the live weights, to be read during the call only and never written
     */
    default void begin(StateDict weights) {}

    /**
     * Takes note of an optimizer step. It is called between steps, without a snapshot, so an exception ends the run,
     * and what is written into the weights is in the model.
     *
     * @param weights the live weights, to be read during the call only and never written
     * @param globalStep optimizer steps so far, this one included
     */
    void update(StateDict weights, long globalStep);

    /**
     * The weights to save.
     *
     * @param weights the source stream's weights at this step
     * @throws Exception if it has none; the checkpoint is left out and the failure reported
     */
    StateDict apply(StateDict weights, TransformContext context) throws Exception;

    /**
     * The live arrays of the state, by name: from {@link #begin} to the end of the fit the same objects, of the same types
     * and shapes, whose values steps change in place.
     */
    default Map<String, NDArray> stateArrays() {
        return Map.of();
    }

    /** The state that is in no array, as a {@link dev.rivulet.checkpoint.Checkpoint} can hold it. */
    default Map<String, Object> state() {
        return Map.of();
    }

    /**
     * Restores a state, after the arrays have been filled.
     *
     * @param state as {@link #state} gave it
     * @throws IllegalArgumentException if another transform has saved it; the run does not resume then
     */
    default void restore(Map<String, Object> state) {}
}
