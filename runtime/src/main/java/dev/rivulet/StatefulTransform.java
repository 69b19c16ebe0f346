package dev.rivulet;

/**
 * A transform that follows training: told of every optimizer step, asked for weights at save events. Held in a field
 * annotated with {@code @WeightTransform}.
 */
public interface StatefulTransform {

    /**
     * Takes note of an optimizer step, on the training thread. It is called between steps, without a snapshot, so an
     * exception ends the run, and what is written into the weights is in the model.
     *
     * @param weights the live weights, to be read during the call only and never written
     * @param globalStep optimizer steps so far, this one included
     */
    void update(StateDict weights, long globalStep);

    /**
     * The weights to save, on the training thread.
     *
     * @param weights the source stream's weights at this step
     * @throws Exception if there are none; the checkpoint is left out and the failure reported
     */
    StateDict apply(StateDict weights, TransformContext context) throws Exception;
}
