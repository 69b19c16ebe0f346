package dev.rivulet.transform;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * A transform with state that every optimizer step updates.
 *
 * <p>Held in a field annotated with {@code @WeightTransform}. {@link #update} is called after every optimizer step,
 * {@link #apply} when its stream saves; all methods are called on the training thread.
 *
 * <p>Its state is saved and restored when a run resumes: arrays in {@link #stateArrays}, which are copied with the
 * weights and restored in place, and plain values in {@link #state}. State that neither method returns is lost.
 *
 * @since 0.1
 */
public interface StatefulTransform {

    /**
     * Creates the arrays of the state. Called once per fit, before the state is restored and before the first step.
     *
     * @param weights the live weights, as copies; valid during the call
     */
    default void begin(StateDict weights) {}

    /**
     * Updates the state after an optimizer step. An exception ends the run, and so does a change of the weights.
     *
     * <p>The weights are copied before the call, and compared after it. That takes about four times as long as copying
     * them; an {@link ExponentialMovingAverage} reads the live weights instead.
     *
     * @param weights the weights after the step, as copies; valid during the call
     * @param globalStep optimizer steps so far, including this one
     */
    void update(StateDict weights, long globalStep);

    /**
     * Returns the weights to save.
     *
     * @param weights the weights of the source stream at this step
     * @throws Exception if it cannot; the checkpoint is skipped and the failure reported
     */
    StateDict apply(StateDict weights, TransformContext context) throws Exception;

    /**
     * The live arrays of the state, by name.
     *
     * <p>From {@link #begin} to the end of the fit, they are the same objects of the same types and shapes; steps
     * change their values in place.
     */
    default Map<String, NDArray> stateArrays() {
        return Map.of();
    }

    /** The state outside of arrays, as values that a {@link dev.rivulet.checkpoint.Checkpoint} can hold. */
    default Map<String, Object> state() {
        return Map.of();
    }

    /**
     * Restores the state, after the arrays are restored.
     *
     * @param state the map that {@link #state} returned
     * @throws IllegalArgumentException if another transform saved it; the run then does not resume
     */
    default void restore(Map<String, Object> state) {}
}
