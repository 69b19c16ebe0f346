package dev.rivulet.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Callback;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;
import dev.rivulet.internal.tensor.DirectMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The lower bound of a snapshot: the same bytes in the same pieces, copied between buffers that have long been in use.
 * It runs once between two saves, after a training step as they do, so that caches are equally cold.
 */
final class MemoryCopy implements Callback {
    private final List<ByteBuffer> source = new ArrayList<>();
    private final List<ByteBuffer> target = new ArrayList<>();
    private final int everyNTrainSteps;
    private final List<Double> nanos = new ArrayList<>();

    /**
     * Allocates and touches the memory.
     *
     * @param tensorBytes size of each tensor
     * @param everyNTrainSteps interval of the saves in steps
     */
    MemoryCopy(List<Integer> tensorBytes, int everyNTrainSteps) {
        this.everyNTrainSteps = everyNTrainSteps;
        for (int bytes : tensorBytes) {
            source.add(DirectMemory.allocate(bytes).chunks().get(0));
            target.add(DirectMemory.allocate(bytes).chunks().get(0));
        }
        copy();
    }

    @Override
    public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
        if (trainer.globalStep() % everyNTrainSteps == everyNTrainSteps / 2) {
            long start = System.nanoTime();
            copy();
            nanos.add((double) (System.nanoTime() - start));
        }
    }

    private void copy() {
        for (int i = 0; i < source.size(); i++) {
            target.get(i).put(0, source.get(i), 0, source.get(i).capacity());
        }
    }

    /** Durations so far. */
    List<Double> nanos() {
        return nanos;
    }
}
