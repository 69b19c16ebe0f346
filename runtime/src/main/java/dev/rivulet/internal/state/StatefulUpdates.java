package dev.rivulet.internal.state;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.loop.LoopState;
import dev.rivulet.internal.model.Network;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import java.util.Collection;

/** Updates stateful transforms after every optimizer step. */
public final class StatefulUpdates implements ModelHooks {
    private final Network network;
    private final Collection<StatefulTransform> transforms;
    private final StateDict weights;
    private final LoopState state;
    private long lastStep;

    public StatefulUpdates(
            Network network, Collection<StatefulTransform> transforms, StateDict weights, LoopState state) {
        this.network = network;
        this.transforms = transforms;
        this.weights = weights;
        this.state = state;
    }

    @Override
    public void onTrainStart() {
        network.requireSameArrays();
        lastStep = state.globalStep();
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) {
        if (state.globalStep() != lastStep) {
            lastStep = state.globalStep();
            for (StatefulTransform transform : transforms) {
                transform.update(weights, lastStep);
            }
        }
    }
}
