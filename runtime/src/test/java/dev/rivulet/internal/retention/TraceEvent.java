package dev.rivulet.internal.retention;

import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.MetricValues;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A hook call of a recorded or random run, with the state visible to it.
 *
 * @param isLastBatch whether the batch, or at the end of an epoch the previous one, is the last one of the data
 * @param validationExpected whether Lightning's callback expects a validation at the end of this epoch: before the
 *     first validation it does not know the number of batches, and it ignores when within an epoch validations run
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

    /** An event at which Lightning expects exactly the validations that run. */
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

    /** The position in training. Everything after the end of an epoch has the same position, whatever its epoch. */
    String position() {
        boolean afterEpoch = hook.equals(EPOCH_END) || hook.equals(TRAIN_END);
        return "step " + globalStep
                + (afterEpoch ? ", end of epoch" : ", epoch " + epoch + ", " + hook)
                + (isLastBatch ? ", last batch" : "");
    }

    /** This event in a run that knows the metrics logged before its start. */
    TraceEvent knowing(Map<String, Double> before) {
        Map<String, Double> known = new HashMap<>(before);
        known.putAll(logged);
        return with(epoch, known);
    }

    /** This event with another epoch. */
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

    /** What Lightning offers to file names: the logged metrics, and epoch and step as integers. */
    MetricValues candidates() {
        Map<String, Double> candidates = new HashMap<>(logged);
        candidates.compute("epoch", (name, metric) -> metric == null ? (double) epoch : (double) metric.longValue());
        candidates.compute(
                "step", (name, metric) -> metric == null ? (double) globalStep : (double) metric.longValue());
        return MetricValues.of(candidates);
    }

    @Override
    public MetricValues metrics() {
        return MetricValues.of(logged);
    }

    @Override
    public Set<String> metricNames() {
        return logged.keySet();
    }

    /** Lightning waits for a validation whether or not one will run. */
    @Override
    public boolean validates() {
        return true;
    }

    @Override
    public boolean savesOnTrainEpochEnd(SaveOnTrainEpochEnd setting) {
        return savesOnTrainEpochEnd;
    }
}
