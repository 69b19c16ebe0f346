package dev.rivulet.random;

/** How libtorch's random numbers of a resumed run become those of a run that was never stopped. */
public enum RandomMethod {
    /** The generator's state is saved and restored. A run draws the same whether and when it saves. */
    GENERATOR_STATE,

    /**
     * The generator is seeded before every training step, so before every batch, from the run's seed and the number of
     * batches before. Where the state cannot be reached. Draws between two steps, in a validation say, go on from the
     * step before and are only the same again if that step was run, too.
     */
    RESEED_EACH_STEP
}
