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
 * The floor of a snapshot: as many bytes in as many pieces, copied from memory to memory that both are in use for long.
 * Once between any two save events, after a training step as these are, so that caches are as cold.
 */
final class MemoryCopy implements Callback {
    private final List<ByteBuffer> source = new ArrayList<>();
    private final List<ByteBuffer> target = new ArrayList<>();
    private final int everyNTrainSteps;
    private final List<Double> nanos = new ArrayList<>();

    /**
     * Allocates and touches the memory.
     *
     * @param everyNTrainSteps when there are save events
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
