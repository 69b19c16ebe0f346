package dev.rivulet.internal.state;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Dataset;
import dev.rivulet.data.ResumableDataset;
import dev.rivulet.internal.loop.LoopMemory;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.loop.LoopSettings;
import dev.rivulet.internal.loop.LoopState;
import dev.rivulet.internal.model.Network;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.transform.ExponentialMovingAverage;
import dev.rivulet.transform.StatefulTransform;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The components of a run whose state is saved in addition to the weights, so that another run can resume.
 *
 * @param train the training data
 */
public record TrainingComponents(Network network, OptimizerStep optimizer, UserState user, Dataset train, Loop loop) {
    private static final String OPTIMIZER = "optimizer/";

    /**
     * The state of user code.
     *
     * @param transforms the stateful transforms, by the names under which their state is saved
     * @param callbacks the states of callbacks
     * @param hyperParameters the hyper-parameters of the module
     */
    public record UserState(
            Map<String, StatefulTransform> transforms, CallbackStates callbacks, Map<String, Object> hyperParameters) {

        /** Whether a user's code returns some of it. */
        public boolean hasCode() {
            return !callbacks.isEmpty()
                    || transforms.values().stream()
                            .anyMatch(transform -> !(transform instanceof ExponentialMovingAverage));
        }
    }

    /** The stateful transforms, by the names under which their state is saved. */
    public Map<String, StatefulTransform> transforms() {
        return user.transforms;
    }

    /**
     * The training loop.
     *
     * @param state its position
     * @param memory earlier state that a resumed run needs
     */
    public record Loop(LoopState state, LoopMemory memory, LoopSettings settings) {

        /** Whether gradients have been computed that no optimizer step has used. */
        boolean hasPendingGradients() {
            LoopProgress progress = state.progress();
            return (progress.batchIndex() + 1) % settings.accumulateGradBatches() != 0 && !progress.lastBatch();
        }
    }

    /** The live arrays of the state, by their names in a snapshot. */
    public Map<String, NDArray> arrays() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        optimizer
                .stateful()
                .ifPresent(stateful ->
                        stateful.stateArrays().forEach((name, array) -> arrays.put(optimizerKey(name), array)));
        transforms()
                .forEach((transform, stateful) -> stateful.stateArrays()
                        .forEach((name, array) -> arrays.put(transformKey(transform, name), array)));
        return arrays;
    }

    static String optimizerKey(String name) {
        return OPTIMIZER + name;
    }

    static String transformKey(String transform, String name) {
        return transform + "/" + name;
    }

    /** Describes what the order of the records depends on; empty if the data set does not say. */
    Optional<String> dataOrder() {
        return train instanceof ResumableDataset resumable ? Optional.of(resumable.order()) : Optional.empty();
    }
}
