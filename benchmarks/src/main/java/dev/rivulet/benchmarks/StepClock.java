package dev.rivulet.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.Callback;
import dev.rivulet.LightningModule;
import dev.rivulet.Trainer;

/** Times steps of a fit together, without its first and its end. */
final class StepClock implements Callback {
    private final int from;
    private final int to;
    private long start;
    private long end;

    /** Times the steps after the first number until the second has ended. */
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

    /** Nanoseconds of all of these steps. */
    double nanos() {
        return end - start;
    }
}
