package dev.rivulet;

import java.util.random.RandomGenerator;

/** The fit that trains a module, as the module sees it. */
interface FitContext {

    /** Index of the current epoch, or of the last one after training. */
    int epoch();

    /** Optimizer steps so far. */
    long globalStep();

    /** Whether a training step is running, as opposed to validation or a hook. */
    boolean isTrainingStep();

    /** Logs a metric: the newest value in training, the mean in validation. */
    void log(String name, double value);

    /** Logs a metric that is the mean over the epoch, also in training. */
    void logEpochMean(String name, double value);

    /** The run's random generator of a name. */
    RandomGenerator random(String name);
}
