package dev.rivulet.stream;

import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.MetricValues;
import java.util.Map;

/** A hook call of a recorded or random run, with what was visible then. */
record TraceEvent(
        String hook,
        int epoch,
        long globalStep,
        Map<String, Double> logged,
        boolean isLastBatch,
        boolean validationRunsNow,
        boolean validationHasRun,
        boolean savesOnTrainEpochEnd,
        boolean sanityChecking,
        boolean fastDevRun,
        long nanoTime)
        implements Moment {
    static final String TRAIN_START = "on_train_start";
    static final String BATCH_END = "on_train_batch_end";
    static final String VALIDATION_END = "on_validation_end";
    static final String EPOCH_END = "on_train_epoch_end";
    static final String EXCEPTION = "on_exception";
    static final String TRAIN_END = "on_train_end";

    /** This event, counted to another epoch. */
    TraceEvent inEpoch(int other) {
        return new TraceEvent(
                hook,
                other,
                globalStep,
                logged,
                isLastBatch,
                validationRunsNow,
                validationHasRun,
                savesOnTrainEpochEnd,
                sanityChecking,
                fastDevRun,
                nanoTime);
    }

    @Override
    public MetricValues metrics() {
        return MetricValues.of(logged);
    }

    @Override
    public boolean savesOnTrainEpochEnd(SaveOnTrainEpochEnd setting) {
        return savesOnTrainEpochEnd;
    }
}
