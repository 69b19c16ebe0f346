package dev.rivulet;

import java.util.random.RandomGenerator;

/** What a module asks of the fit that trains it. */
interface FitContext {

    /** Index of the epoch that runs or has just run. */
    int epoch();

    /** Optimizer steps so far. */
    long globalStep();

    /** Whether a training step runs, as opposed to validation or a hook. */
    boolean isTrainingStep();

    /** Logs a metric: in training the newest value, in validation the mean. */
    void log(String name, double value);

    /** Logs a metric that in training, too, is the mean over the epoch. */
    void logEpochMean(String name, double value);

    /** A random generator of the run. */
    RandomGenerator random(String name);
}
