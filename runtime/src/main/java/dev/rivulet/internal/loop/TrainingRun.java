package dev.rivulet.internal.loop;

import ai.djl.ndarray.NDManager;
import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.optim.OptimizerStep;

/**
 * The parts of a run that its loops share.
 *
 * @param manager parent of the batches, each of which is closed after use
 * @param optimizer the optimizer and its weights
 * @param state the position of the run
 * @param memory earlier state that a resumed run needs
 * @param slowCalls warns if training makes no progress
 */
public record TrainingRun(
        NDManager manager, OptimizerStep optimizer, LoopState state, LoopMemory memory, SlowCalls slowCalls) {}
