package dev.rivulet.internal.retention;

import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.MetricValues;
import java.util.HashMap;
import java.util.Map;

/**
 * A hook call of a recorded or random run, with what was visible then.
 *
 * @param isLastBatch whether the batch, or at the end of an epoch the one before, is the last one of the data
 * @param validationExpected whether Lightning's callback expects a validation at the end of this epoch: it does not know
 *     the batches of validation before the first one, nor does it look when within an epoch validations run
 */
record TraceEvent(
        String hook,
        int epoch,
        long globalStep,
        Map<String, Double> logged,
        boolean isLastBatch,
        boolean validationRunsNow,
        boolean validationExpected,
        boolean validationHasRun,
        boolean savesOnTrainEpochEnd,
        boolean sanityChecking,
        boolean fastDevRun,
        long nanoTime)
        implements TrainerView {
    static final String TRAIN_START = "on_train_start";
    static final String BATCH_END = "on_train_batch_end";
    static final String VALIDATION_END = "on_validation_end";
    static final String EPOCH_END = "on_train_epoch_end";
    static final String EXCEPTION = "on_exception";
    static final String TRAIN_END = "on_train_end";

    /** An event at which Lightning expects a validation where one runs. */
    TraceEvent(
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
            long nanoTime) {
        this(
                hook,
                epoch,
                globalStep,
                logged,
                isLastBatch,
                validationRunsNow,
                validationRunsNow,
                validationHasRun,
                savesOnTrainEpochEnd,
                sanityChecking,
                fastDevRun,
                nanoTime);
    }

    /** Where in training this is. What follows the end of an epoch is there too, in whatever epoch it is counted. */
    String position() {
        boolean afterEpoch = hook.equals(EPOCH_END) || hook.equals(TRAIN_END);
        return "step " + globalStep
                + (afterEpoch ? ", end of epoch" : ", epoch " + epoch + ", " + hook)
                + (isLastBatch ? ", last batch" : "");
    }

    /** This event in a run that knows what was logged before it began. */
    TraceEvent knowing(Map<String, Double> before) {
        Map<String, Double> known = new HashMap<>(before);
        known.putAll(logged);
        return with(epoch, known);
    }

    /** This event, counted to another epoch. */
    TraceEvent inEpoch(int other) {
        return with(other, logged);
    }

    private TraceEvent with(int otherEpoch, Map<String, Double> otherLogged) {
        return new TraceEvent(
                hook,
                otherEpoch,
                globalStep,
                otherLogged,
                isLastBatch,
                validationRunsNow,
                validationExpected,
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
