package dev.rivulet.policy;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * When a stream saves, what it keeps, and under which names: the parameters of Lightning's {@code ModelCheckpoint}.
 * The attributes are explained at {@link CheckpointStream}.
 */
public record StreamPolicy(
        Optional<String> dirpath,
        Optional<String> filename,
        Optional<String> monitor,
        Mode mode,
        int saveTopK,
        SaveLast saveLast,
        OptionalInt everyNTrainSteps,
        OptionalInt everyNEpochs,
        Optional<Duration> trainTimeInterval,
        SaveOnTrainEpochEnd saveOnTrainEpochEnd,
        boolean saveOnException,
        boolean saveWeightsOnly,
        boolean autoInsertMetricName,
        boolean enableVersionCounter,
        boolean verbose) {

    /** Lightning's defaults: the newest checkpoint of every epoch. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this policy. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.dirpath = dirpath;
        builder.filename = filename;
        builder.monitor = monitor;
        builder.mode = mode;
        builder.saveTopK = saveTopK;
        builder.saveLast = saveLast;
        builder.everyNTrainSteps = everyNTrainSteps;
        builder.everyNEpochs = everyNEpochs;
        builder.trainTimeInterval = trainTimeInterval.map(Duration::toString);
        builder.saveOnTrainEpochEnd = saveOnTrainEpochEnd;
        builder.saveOnException = saveOnException;
        builder.saveWeightsOnly = saveWeightsOnly;
        builder.autoInsertMetricName = autoInsertMetricName;
        builder.enableVersionCounter = enableVersionCounter;
        builder.verbose = verbose;
        return builder;
    }

    /** Collects attributes; {@link #violations} says what is wrong with them, {@link #build} refuses them. */
    public static final class Builder {
        private Optional<String> dirpath = Optional.empty();
        private Optional<String> filename = Optional.empty();
        private Optional<String> monitor = Optional.empty();
        private Mode mode = Mode.MIN;
        private int saveTopK = 1;
        private SaveLast saveLast = SaveLast.OFF;
        private OptionalInt everyNTrainSteps = OptionalInt.empty();
        private OptionalInt everyNEpochs = OptionalInt.empty();
        private Optional<String> trainTimeInterval = Optional.empty();
        private SaveOnTrainEpochEnd saveOnTrainEpochEnd = SaveOnTrainEpochEnd.AUTO;
        private boolean saveOnException;
        private boolean saveWeightsOnly;
        private boolean autoInsertMetricName = true;
        private boolean enableVersionCounter = true;
        private boolean verbose;

        private Builder() {}

        /** Directory of the stream's files, relative to the run's checkpoint directory. */
        public Builder dirpath(String dirpath) {
            this.dirpath = Optional.of(dirpath);
            return this;
        }

        /** Template of the file names without extension. */
        public Builder filename(String template) {
            this.filename = Optional.of(template);
            return this;
        }

        /** Metric that decides what is kept. */
        public Builder monitor(String metric) {
            this.monitor = Optional.of(metric);
            return this;
        }

        /** Whether the smallest or the largest value of the monitored metric is the best. */
        public Builder mode(Mode mode) {
            this.mode = mode;
            return this;
        }

        /** How many of the best checkpoints are kept: all for −1, none for 0. */
        public Builder saveTopK(int k) {
            this.saveTopK = k;
            return this;
        }

        /** Whether {@code last} names the newest checkpoint. */
        public Builder saveLast(SaveLast saveLast) {
            this.saveLast = saveLast;
            return this;
        }

        /** Saves every n optimizer steps; 0 switches it off. */
        public Builder everyNTrainSteps(int n) {
            this.everyNTrainSteps = OptionalInt.of(n);
            return this;
        }

        /** Saves every n epochs; 0 switches it off. */
        public Builder everyNEpochs(int n) {
            this.everyNEpochs = OptionalInt.of(n);
            return this;
        }

        /** Saves when this much time has passed since the last save. */
        public Builder trainTimeInterval(Duration interval) {
            return trainTimeInterval(interval.toString());
        }

        /** Saves when this much time has passed, such as {@code "30s"}, {@code "15m"}, {@code "1h30m"}. */
        public Builder trainTimeInterval(String interval) {
            this.trainTimeInterval = Optional.of(interval);
            return this;
        }

        /** Whether an epoch-triggered save happens at the end of the training epoch or after validation. */
        public Builder saveOnTrainEpochEnd(SaveOnTrainEpochEnd when) {
            this.saveOnTrainEpochEnd = when;
            return this;
        }

        /** Whether an exception during training saves a checkpoint. */
        public Builder saveOnException(boolean save) {
            this.saveOnException = save;
            return this;
        }

        /** Whether the checkpoint holds the weights alone. */
        public Builder saveWeightsOnly(boolean weightsOnly) {
            this.saveWeightsOnly = weightsOnly;
            return this;
        }

        /** Whether {@code {x}} in the template becomes {@code x=value}. */
        public Builder autoInsertMetricName(boolean insert) {
            this.autoInsertMetricName = insert;
            return this;
        }

        /** Whether a name that is taken gets a version suffix. */
        public Builder enableVersionCounter(boolean enable) {
            this.enableVersionCounter = enable;
            return this;
        }

        /** Whether saves and skipped saves are logged at level info. */
        public Builder verbose(boolean verbose) {
            this.verbose = verbose;
            return this;
        }

        /** The rules that the attributes break, in the order in which Lightning checks them; empty if none. */
        public List<PolicyViolation> violations() {
            List<PolicyViolation> violations = new ArrayList<>();
            if (saveTopK > 1 && monitor.isEmpty()) {
                violations.add(new PolicyViolation(
                        PolicyRule.SAVE_TOP_K_WITHOUT_MONITOR,
                        "saveTopK",
                        "saveTopK = " + saveTopK + " needs a monitor to tell which checkpoints are the best."));
            }
            return violations;
        }

        /**
         * The policy.
         *
         * @throws IllegalArgumentException if it breaks a rule; the message names every violation
         */
        public StreamPolicy build() {
            List<PolicyViolation> violations = violations();
            if (!violations.isEmpty()) {
                throw new IllegalArgumentException(violations.stream()
                        .map(violation -> "[" + violation.rule().id() + "] " + violation.message())
                        .collect(Collectors.joining(System.lineSeparator())));
            }
            return new StreamPolicy(
                    dirpath,
                    filename,
                    monitor,
                    mode,
                    saveTopK,
                    saveLast,
                    everyNTrainSteps,
                    everyNEpochs,
                    trainTimeInterval.map(Duration::parse),
                    saveOnTrainEpochEnd,
                    saveOnException,
                    saveWeightsOnly,
                    autoInsertMetricName,
                    enableVersionCounter,
                    verbose);
        }
    }
}
