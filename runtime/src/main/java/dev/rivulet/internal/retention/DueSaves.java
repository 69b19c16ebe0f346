package dev.rivulet.internal.retention;

import dev.rivulet.annotations.SaveLast;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.policy.SaveTrigger;
import dev.rivulet.policy.StreamName;
import dev.rivulet.policy.StreamPolicy;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What became of the due saves of a stream in one fit, and why it saved nothing. The caller holds a lock. */
public final class DueSaves {
    private final String stream;
    private final StreamPolicy policy;
    private final Map<Result, Integer> counts = new EnumMap<>(Result.class);
    private boolean started;
    private boolean metricIsMissing;

    /** What became of a due save. */
    enum Result {
        UNJUDGED("the monitored metric had not been logged at %d due saves"),
        REFUSED("the condition refused %d due saves, or failed"),
        NOT_KEPT("%d due saves were not among those to keep"),
        FAILED("%d due saves failed, as the stream's failures() in FitResult say"),
        COMMITTED("%d due saves were committed");

        private final String text;

        Result(String text) {
            this.text = text;
        }
    }

    DueSaves(String stream, StreamPolicy policy) {
        this.stream = stream;
        this.policy = policy;
    }

    void start() {
        started = true;
    }

    void count(Result result) {
        counts.merge(result, 1, Integer::sum);
    }

    /** Notes at a due save whether the monitored metric is missing. */
    void noteMetric(boolean isMissing) {
        metricIsMissing |= isMissing;
    }

    /** Whether the monitored metric was missing at a due save and has not been logged since. */
    public boolean metricIsMissing() {
        return metricIsMissing;
    }

    /**
     * Checks that the due saves whose metric was missing can be judged, now or later.
     *
     * @throws MissingMetricException if the metric is still missing although a validation has run, or none will
     */
    public void requireMetric(TrainerView view) {
        if (!metricIsMissing) {
            return;
        }
        boolean isLogged = new MonitorCandidates(view).has(policy.monitor().orElseThrow());
        if (isLogged || view.validationHasRun() || !view.validates()) {
            metricIsMissing = false;
        }
        if (!isLogged && !metricIsMissing) {
            throw new MissingMetricException(missingMetric(view));
        }
    }

    /**
     * Checks, as if a save were due, that the metric is logged which a stream needs for its saves.
     *
     * @throws MissingMetricException as from the other
     */
    public static void requireMetric(String stream, StreamPolicy policy, TrainerView view) {
        DueSaves due = new DueSaves(stream, policy);
        due.noteMetric(policy.monitor().isPresent() && areAskedFor(policy));
        due.requireMetric(view);
    }

    /** The name that a checkpoint of a stream would get now in an empty directory, without extension. */
    public static String fileName(String stream, StreamPolicy policy, TrainerView view) {
        return policy.filenameOf(stream).format(new MonitorCandidates(view));
    }

    /** Says that the monitored metric is missing. */
    public String missingMetric(TrainerView view) {
        String monitor = policy.monitor().orElseThrow();
        return "The stream \"" + stream + "\" monitors \"" + monitor + "\", which has not been logged"
                + (view.validationHasRun() ? " although a validation has run" : "")
                + (view.validates() ? "" : ", and no validation runs")
                + "; logged are " + view.metricNames()
                + StreamName.closest(monitor, view.metricNames())
                        .map(closest -> ", did you mean \"" + closest + "\"?")
                        .orElse(".")
                + " Call log(\"" + monitor + "\", value), "
                + (view.validates() ? "" : "give fit validation data, ")
                + "or monitor a metric that is logged.";
    }

    /**
     * Why no save can be due in a fit.
     *
     * @param maxEpochs epochs after which training ends; −1 for no limit
     * @param maxSteps optimizer steps after which training ends; −1 for no limit
     * @return empty if one can be due, or the policy asks for none
     */
    public Optional<String> obstacle(TrainerView view, int maxEpochs, long maxSteps) {
        if (!areAskedFor(policy)) {
            return Optional.empty();
        }
        if (!policy.trigger().canBeDueWithin(maxEpochs, maxSteps)) {
            return Optional.of(triggers() + " is beyond the end of training (maxEpochs = " + maxEpochs + ", maxSteps = "
                    + maxSteps + "); choose a smaller number");
        }
        return savesAfterValidation(view) && !view.validates() && policy.trigger() instanceof SaveTrigger.Epochs
                ? Optional.of("it saves at the end of a validation, but none runs; give fit validation data, or set"
                        + " saveOnTrainEpochEnd = TRUE")
                : Optional.empty();
    }

    /** Why nothing was saved; empty if something was, or the policy asks for nothing. */
    public Optional<String> explanation(TrainerView view) {
        boolean asks = areAskedFor(policy) || policy.saveLast() != SaveLast.OFF;
        if (!asks || counts.containsKey(Result.COMMITTED)) {
            return Optional.empty();
        }
        if (!started) {
            return Optional.of("training had already ended");
        }
        if (counts.isEmpty()) {
            return Optional.of("no save was due until step " + view.globalStep() + " of epoch " + view.epoch()
                    + ", with " + triggers() + (savesAfterValidation(view) ? " at the end of a validation" : ""));
        }
        return Optional.of(counts.entrySet().stream()
                .map(count -> String.format(Locale.ROOT, count.getKey().text, count.getValue()))
                .collect(Collectors.joining("; ")));
    }

    /** Whether a policy has saves due in training that keep checkpoints. */
    public static boolean areAskedFor(StreamPolicy policy) {
        return policy.keepsCheckpoints() && !(policy.trigger() instanceof SaveTrigger.Never);
    }

    private boolean savesAfterValidation(TrainerView view) {
        return !view.savesOnTrainEpochEnd(policy.saveOnTrainEpochEnd());
    }

    private String triggers() {
        return policy.schedule().triggers().toString();
    }
}
