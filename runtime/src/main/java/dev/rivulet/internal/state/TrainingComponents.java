package dev.rivulet.internal.state;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.data.ResumableDataset;
import dev.rivulet.internal.loop.LoopMemory;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.loop.LoopState;
import dev.rivulet.internal.model.Network;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.transform.StatefulTransform;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All components of a run whose state is saved in addition to the weights, so that another run can resume.
 *
 * @param transforms those that follow training, by the names under which their state is saved
 * @param train the training data
 * @param hyperParameters what the user says the module was made with
 */
public record TrainingComponents(
        Network network,
        OptimizerStep optimizer,
        Map<String, StatefulTransform> transforms,
        Dataset train,
        Loop loop,
        Map<String, Object> hyperParameters) {
    private static final String OPTIMIZER = "optimizer/";

    /**
     * The training loop.
     *
     * @param state where it is
     * @param memory of what has passed
     * @param accumulateGradBatches batches whose gradients add up for one optimizer step
     */
    public record Loop(LoopState state, LoopMemory memory, int accumulateGradBatches) {

        /** Whether gradients have been computed that no optimizer step has used. */
        boolean hasPendingGradients() {
            LoopProgress progress = state.progress();
            return (progress.batchIndex() + 1) % accumulateGradBatches != 0 && !progress.lastBatch();
        }
    }

    /** The live arrays of the state, by the names that they have in a snapshot. */
    public Map<String, NDArray> arrays() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        optimizer
                .stateful()
                .ifPresent(stateful ->
                        stateful.stateArrays().forEach((name, array) -> arrays.put(ofOptimizer(name), array)));
        transforms.forEach((transform, stateful) ->
                stateful.stateArrays().forEach((name, array) -> arrays.put(ofTransform(transform, name), array)));
        return arrays;
    }

    static String ofOptimizer(String name) {
        return OPTIMIZER + name;
    }

    static String ofTransform(String transform, String name) {
        return transform + "/" + name;
    }

    /** What the order of the records depends on; empty if the data set does not say. */
    Optional<String> dataOrder() {
        return train instanceof ResumableDataset resumable ? Optional.of(resumable.order()) : Optional.empty();
    }
}
