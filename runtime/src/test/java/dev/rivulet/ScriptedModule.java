package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.training.dataset.Batch;
import dev.rivulet.annotations.CheckpointStream;
import java.util.function.LongUnaryOperator;

/**
 * A linear model that logs metrics which depend on the step alone, and ends by an exception at a given call of a hook. Its
 * registry is written by hand.
 */
@CheckpointStream
final class ScriptedModule extends SteadyModule {
    static final String STOP = "stopped";

    private final LongUnaryOperator scores;
    private long callsLeft;

    /**
     * A module.
     *
     * @param scores of the metric at a step
     * @param calls of hooks after which it stops
     */
    ScriptedModule(LongUnaryOperator scores, long calls) {
        this.scores = scores;
        this.callsLeft = calls;
    }

    private void call() {
        if (callsLeft-- == 0) {
            throw new IllegalStateException(STOP);
        }
    }

    @Override
    public void onTrainEpochStart() {
        call();
    }

    @Override
    public void onTrainBatchStart(Batch batch, int batchIndex) {
        call();
    }

    @Override
    protected NDArray trainingStep(Batch batch, int batchIndex) {
        call();
        log("v", (double) scores.applyAsLong(globalStep()));
        return loss(batch);
    }

    @Override
    public void onTrainBatchEnd(NDArray loss, Batch batch, int batchIndex) {
        call();
    }

    @Override
    protected void validationStep(Batch batch, int batchIndex) {
        call();
        log("w", (double) scores.applyAsLong(1000 + globalStep()));
    }

    @Override
    public void onValidationEnd() {
        call();
    }

    @Override
    public void onTrainEpochEnd() {
        call();
    }
}
