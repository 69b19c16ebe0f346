package dev.rivulet.internal.state;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.internal.derive.CallMemory;
import dev.rivulet.internal.derive.MutationGuard;
import dev.rivulet.internal.loop.LoopState;
import dev.rivulet.internal.model.Network;
import dev.rivulet.internal.snapshot.Snapshot;
import dev.rivulet.internal.snapshot.SnapshotPool;
import dev.rivulet.transform.ExponentialMovingAverage;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Updates stateful transforms after every optimizer step. Those of users get copies of the weights, and the live
 * weights are compared afterwards, which takes about four times as long as copying them.
 */
public final class StatefulUpdates implements ModelHooks {
    private final Network network;
    private final Map<String, StatefulTransform> transforms;
    private final StateDict weights;
    private final LoopState state;
    private final SlowCalls slowCalls;
    private final SnapshotPool copies;
    private long lastStep;

    /**
     * Updates of a run's transforms.
     *
     * @param weights the live weights
     * @param slowCalls watches the updates
     */
    public StatefulUpdates(TrainingComponents run, StateDict weights, SlowCalls slowCalls) {
        this.network = run.network();
        this.transforms = run.transforms();
        this.weights = weights;
        this.state = run.loop().state();
        this.slowCalls = slowCalls;
        this.copies = new SnapshotPool(network.arrays(), 1);
    }

    /** Lets all transforms create their state. */
    public void begin() throws Exception {
        for (Map.Entry<String, StatefulTransform> named : transforms.entrySet()) {
            StatefulTransform transform = named.getValue();
            call(named.getKey(), transform, transform::begin);
        }
    }

    @Override
    public void onTrainStart() {
        network.requireSameArrays();
        lastStep = state.globalStep();
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) throws Exception {
        if (state.globalStep() != lastStep) {
            lastStep = state.globalStep();
            for (Map.Entry<String, StatefulTransform> named : transforms.entrySet()) {
                StatefulTransform transform = named.getValue();
                call(named.getKey(), transform, given -> transform.update(given, lastStep));
            }
        }
    }

    private void call(String name, StatefulTransform transform, Consumer<StateDict> method) throws Exception {
        if (transform instanceof ExponentialMovingAverage) {
            method.accept(weights); // It is ours, and changes nothing.
            return;
        }
        String who = "The transform " + name;
        try (Snapshot before = copies.take();
                CallMemory memory = CallMemory.of(network.manager())) {
            StateDict argument = memory.argument(before.weights());
            MutationGuard.watch(before, slowCalls, who, () -> {
                method.accept(argument);
                return argument;
            });
            memory.requireArgumentsUnchanged(who);
        }
    }
}
