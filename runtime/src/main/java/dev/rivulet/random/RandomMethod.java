package dev.rivulet.random;

/**
 * How a resumed run gets the same random numbers from libtorch as a run that never stopped.
 *
 * @since 0.1
 */
public enum RandomMethod {
    /** The generator's state is saved and restored. Saving does not influence the draws of a run. */
    GENERATOR_STATE,

    /**
     * The generator is seeded before every training batch, from the run's seed and the number of earlier batches. Used
     * where the state cannot be reached. Draws between two batches, for example in a validation, continue from the
     * previous batch, and are reproduced only if that batch was run in the same process.
     */
    RESEED_EACH_STEP
}
