package dev.rivulet.policy;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * When a stream saves, what it keeps, and under which names: the parameters of Lightning's {@code ModelCheckpoint}, and
 * what Rivulet adds to them.
 *
 * <pre>{@code
 * StreamPolicy policy = StreamPolicy.builder().monitor("val_loss").saveTopK(3).build();
 * StreamPolicy hourly = policy.toBuilder().trainTimeInterval("1h").build();
 * }</pre>
 *
 * <p>The attributes are explained at {@link CheckpointStream}. Immutable; made by a {@link Builder}, which checks them.
 *
 * @param onFailure whether training continues when a save fails
 * @param verbose whether saves are logged at level info
 * @since 0.1
 */
public record StreamPolicy(
        Schedule schedule, Retention retention, Naming naming, Content content, OnFailure onFailure, boolean verbose) {

    /**
     * When a stream saves.
     *
     * @param saveOnTrainEpochEnd whether an epoch's save happens at the end of training or of validation
     */
    public record Schedule(
            DeclaredTriggers triggers, SaveOnTrainEpochEnd saveOnTrainEpochEnd, boolean saveOnException) {}

    /**
     * Which checkpoints stay.
     *
     * @param monitor the metric that decides which are the best
     * @param maxTotalBytes limit of the bytes of all files; 0 for none
     */
    public record Retention(
            Optional<String> monitor, Mode mode, int saveTopK, int keepLast, int keepEveryNth, long maxTotalBytes) {}

    /**
     * What the files are called.
     *
     * @param style how names are put together; holds {@code autoInsertMetricName}
     */
    public record Naming(
            Optional<String> dirpath,
            Optional<FilenameTemplate> filename,
            FilenameStyle style,
            boolean enableVersionCounter,
            SaveLast saveLast,
            SaveBest saveBest) {

        /** The path of the folder in the run's directory, ending with {@code /}; empty for the directory. */
        public String folder() {
            return dirpath.map(path -> path + "/").orElse("");
        }
    }

    /** What a file holds. */
    public record Content(CheckpointFormat format, boolean saveWeightsOnly) {}

    /** Lightning's defaults: the newest checkpoint of every epoch. */
    public static Builder builder() {
        return new Builder();
    }

    /** What makes a save due: every epoch if no trigger was given. */
    public SaveTrigger trigger() {
        return schedule.triggers().trigger();
    }

    /** Whether a due save can write a file under a name of its own, besides {@code last}. */
    public boolean keepsCheckpoints() {
        return saveTopK() != 0 || keepLast() > 0 || keepEveryNth() > 0;
    }

    /**
     * Whether no checkpoint is ever written: nothing is due or kept, {@code last} is off, and exceptions save nothing.
     */
    public boolean neverSaves() {
        boolean neverDue = trigger() instanceof SaveTrigger.Never;
        return (neverDue || !keepsCheckpoints()) && saveLast() == SaveLast.OFF && !schedule.saveOnException();
    }

    /** The template of a stream's file names; by default the stream's name, epoch and step. */
    public FilenameTemplate filenameOf(String stream) {
        FilenameStyle style = filenameStyle();
        String join = style.join();
        return naming.filename()
                .orElseGet(() -> FilenameTemplate.parse(stream + join + "{epoch}" + join + "{step}", style));
    }

    /** The template of the name of {@code last}. */
    public FilenameTemplate lastTemplate() {
        return FilenameTemplate.parse(filenameStyle().last(), filenameStyle());
    }

    /** The template of the name of {@code best}. */
    public FilenameTemplate bestTemplate() {
        return FilenameTemplate.parse(filenameStyle().best(), filenameStyle());
    }

    // The attributes by their own names, wherever they are grouped.

    public SaveOnTrainEpochEnd saveOnTrainEpochEnd() {
        return schedule.saveOnTrainEpochEnd();
    }

    public Optional<String> monitor() {
        return retention.monitor();
    }

    public Mode mode() {
        return retention.mode();
    }

    public int saveTopK() {
        return retention.saveTopK();
    }

    public int keepLast() {
        return retention.keepLast();
    }

    public int keepEveryNth() {
        return retention.keepEveryNth();
    }

    public long maxTotalBytes() {
        return retention.maxTotalBytes();
    }

    public FilenameStyle filenameStyle() {
        return naming.style();
    }

    public SaveLast saveLast() {
        return naming.saveLast();
    }

    public SaveBest saveBest() {
        return naming.saveBest();
    }

    /** A builder that starts from this policy. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.triggers = schedule.triggers();
        builder.saveOnTrainEpochEnd = saveOnTrainEpochEnd();
        builder.saveOnException = schedule.saveOnException();
        builder.monitor = monitor();
        builder.mode = mode();
        builder.saveTopK = saveTopK();
        builder.keepLast = keepLast();
        builder.keepEveryNth = keepEveryNth();
        builder.maxTotalBytes = Optional.of(maxTotalBytes() + "B");
        builder.dirpath = naming.dirpath();
        builder.filename = naming.filename().map(FilenameTemplate::toString);
        builder.filenameStyle = filenameStyle();
        builder.enableVersionCounter = naming.enableVersionCounter();
        builder.saveLast = saveLast();
        builder.saveBest = saveBest();
        builder.format = content.format();
        builder.saveWeightsOnly = content.saveWeightsOnly();
        builder.onFailure = onFailure;
        builder.verbose = verbose;
        return builder;
    }

    /**
     * Collects attributes; {@link #violations} lists what is wrong with them, {@link #build} refuses them.
     *
     * <p>The defaults of {@link CheckpointStream}, empty strings and {@link CheckpointStream#UNSET}, unset an
     * attribute.
     */
    public static final class Builder {
        Optional<String> dirpath = Optional.empty();
        Optional<String> filename = Optional.empty();
        Optional<String> monitor = Optional.empty();
        Mode mode = Mode.MIN;
        int saveTopK = 1;
        int keepLast;
        int keepEveryNth;
        Optional<String> maxTotalBytes = Optional.empty();
        SaveLast saveLast = SaveLast.OFF;
        SaveBest saveBest = SaveBest.OFF;
        DeclaredTriggers triggers = DeclaredTriggers.NONE;
        SaveOnTrainEpochEnd saveOnTrainEpochEnd = SaveOnTrainEpochEnd.AUTO;
        boolean saveOnException;
        OnFailure onFailure = OnFailure.AUTO;
        CheckpointFormat format = CheckpointFormat.AUTO;
        boolean saveWeightsOnly;
        FilenameStyle filenameStyle = FilenameStyle.DEFAULT;
        boolean enableVersionCounter = true;
        boolean verbose;

        private Builder() {}

        /** Directory of the stream's files, relative to the run's checkpoint directory. */
        public Builder dirpath(String dirpath) {
            this.dirpath = given(dirpath);
            return this;
        }

        /** Template of the file names without extension. */
        public Builder filename(String template) {
            this.filename = given(template);
            return this;
        }

        /** Metric that decides what is kept. */
        public Builder monitor(String metric) {
            this.monitor = given(metric);
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

        /** How many of the newest saves are kept in addition to the best; 0 switches it off. */
        public Builder keepLast(int n) {
            this.keepLast = n;
            return this;
        }

        /** Keeps every n-th save permanently; 0 switches it off. */
        public Builder keepEveryNth(int n) {
            this.keepEveryNth = n;
            return this;
        }

        /** How many bytes the files of the stream may have together; 0 for no limit. */
        public Builder maxTotalBytes(long bytes) {
            return maxTotalBytes(bytes + "B");
        }

        /** How many bytes the files may have together, such as {@code "10GB"} or {@code "500MiB"}; "0" for no limit. */
        public Builder maxTotalBytes(String size) {
            this.maxTotalBytes = given(size);
            return this;
        }

        /** Whether {@code last} names the newest checkpoint. */
        public Builder saveLast(SaveLast saveLast) {
            this.saveLast = saveLast;
            return this;
        }

        /** Whether {@code best} names the best checkpoint. */
        public Builder saveBest(SaveBest saveBest) {
            this.saveBest = saveBest;
            return this;
        }

        /** Saves every n optimizer steps; 0 switches it off. */
        public Builder everyNTrainSteps(int n) {
            this.triggers = triggers.withEveryNTrainSteps(given(n));
            return this;
        }

        /** Saves every n epochs; 0 switches it off. */
        public Builder everyNEpochs(int n) {
            this.triggers = triggers.withEveryNEpochs(given(n));
            return this;
        }

        /** Saves when this much time has passed since the last save. */
        public Builder trainTimeInterval(Duration interval) {
            return trainTimeInterval(interval.toString());
        }

        /** Saves when this much time has passed, such as {@code "30s"}, {@code "15m"}, {@code "1h30m"}. */
        public Builder trainTimeInterval(String interval) {
            this.triggers = triggers.withTrainTimeInterval(given(interval));
            return this;
        }

        /** Whether several triggers may be given, each of which makes a save due. */
        public Builder anyTrigger(boolean any) {
            this.triggers = triggers.withAnyTrigger(any);
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

        /** Whether training ends or continues when a save of the stream fails. */
        public Builder onFailure(OnFailure onFailure) {
            this.onFailure = onFailure;
            return this;
        }

        /** Format of the stream's files. */
        public Builder format(CheckpointFormat format) {
            this.format = format;
            return this;
        }

        /** Whether the checkpoint holds the weights alone. */
        public Builder saveWeightsOnly(boolean weightsOnly) {
            this.saveWeightsOnly = weightsOnly;
            return this;
        }

        /** Whether {@code {x}} in the template becomes {@code x=value}. */
        public Builder autoInsertMetricName(boolean insert) {
            this.filenameStyle = filenameStyle.withAutoInsertMetricName(insert);
            return this;
        }

        /** How names are put together, {@code autoInsertMetricName} included. */
        public Builder filenameStyle(FilenameStyle style) {
            this.filenameStyle = style;
            return this;
        }

        /** Whether a name that is taken gets a version suffix. */
        public Builder enableVersionCounter(boolean enable) {
            this.enableVersionCounter = enable;
            return this;
        }

        /** Whether saves are logged at level info. */
        public Builder verbose(boolean verbose) {
            this.verbose = verbose;
            return this;
        }

        /** The rules that the attributes break, in the order in which Lightning checks them. */
        public List<PolicyViolation> violations() {
            return new PolicyCheck(this).violations();
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
                    new Schedule(triggers.normalized(), saveOnTrainEpochEnd, saveOnException),
                    new Retention(monitor, mode, saveTopK, keepLast, keepEveryNth, bytes()),
                    new Naming(dirpath, template(), filenameStyle, enableVersionCounter, saveLast, saveBest),
                    new Content(format, saveWeightsOnly),
                    onFailure,
                    verbose);
        }

        private static Optional<String> given(String value) {
            return value.isEmpty() ? Optional.empty() : Optional.of(value);
        }

        private static OptionalInt given(int n) {
            return n == CheckpointStream.UNSET ? OptionalInt.empty() : OptionalInt.of(n);
        }

        private Optional<FilenameTemplate> template() {
            return filename.map(template -> FilenameTemplate.parse(template, filenameStyle));
        }

        private long bytes() {
            return maxTotalBytes.map(ByteSize::parse).orElse(0L);
        }
    }
}
