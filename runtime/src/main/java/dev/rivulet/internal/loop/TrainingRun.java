package dev.rivulet.internal.loop;

import ai.djl.ndarray.NDManager;
import dev.rivulet.optim.OptimizerStep;

/**
 * What a run works on, from its first batch to its last.
 *
 * @param manager under which batches are held, each for the length of its use
 * @param optimizer with the weights that it changes
 * @param state where the run stands
 * @param memory what the run needs of moments that have passed
 */
public record TrainingRun(NDManager manager, OptimizerStep optimizer, LoopState state, LoopMemory memory) {}
