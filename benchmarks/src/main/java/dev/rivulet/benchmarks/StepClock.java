package dev.rivulet.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Callback;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;

/** Measures the total time of a range of steps, without the start and end of the fit. */
final class StepClock implements Callback {
    private final int from;
    private final int to;
    private long start;
    private long end;

    /** Measures the steps from {@code from}, inclusive, to {@code to}, exclusive. */
    StepClock(int from, int to) {
        this.from = from;
        this.to = to;
    }

    @Override
    public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int batchIndex) {
        if (batchIndex == from) {
            start = System.nanoTime();
        }
    }

    @Override
    public void onTrainBatchEnd(Trainer trainer, LightningModule module, NDArray loss, Batch batch, int batchIndex) {
        if (batchIndex == to - 1) {
            end = System.nanoTime();
        }
    }

    /** Total duration of these steps in nanoseconds. */
    double nanos() {
        return end - start;
    }
}
