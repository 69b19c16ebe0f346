package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes down the live weights on both sides of each step boundary: callbacks run before checkpoints are saved. */
final class WeightsRecorder implements Callback {
    final Map<Long, Map<String, List<Float>>> before = new HashMap<>();
    final Map<Long, Map<String, List<Float>>> after = new HashMap<>();

    @Override
    public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
        before.put(trainer.globalStep(), Weights.live(module));
    }

    @Override
    public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
        after.put(trainer.globalStep(), Weights.live(module));
    }

    @Override
    public void onFitEnd(Trainer trainer, LightningModule module) {
        after.put(trainer.globalStep(), Weights.live(module));
    }

    /** The weights that a step's checkpoint has to hold. */
    Map<String, List<Float>> at(long step) {
        return Objects.requireNonNull(before.get(step));
    }

    /** Steps at whose end the weights changed. */
    List<Long> changedSteps() {
        List<Long> changed = new ArrayList<>();
        before.forEach((step, weights) -> {
            if (!weights.equals(after.get(step))) {
                changed.add(step);
            }
        });
        return changed;
    }
}
