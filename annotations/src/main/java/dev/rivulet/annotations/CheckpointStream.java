package dev.rivulet.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sets the policy of a checkpoint stream: when it saves, what it keeps, and under which names.
 *
 * <pre>{@code
 * @CheckpointStream(filename = "original-{epoch}", monitor = "val_loss", saveTopK = 3)
 * @CheckpointStream(value = "hourly", trainTimeInterval = "1h", saveTopK = -1, onFailure = OnFailure.CONTINUE)
 * class DigitsModule extends LightningModule {
 *
 *     @WeightTransform("transformed")
 *     @CheckpointStream(filename = "transformed-{epoch}", monitor = "val_accuracy", mode = Mode.MAX)
 *     static StateDict halve(StateDict weights) { … }
 * }
 * }</pre>
 *
 * <p>On a class it is the policy of the original stream, or, with a name, of a further stream of the untransformed
 * weights. Beside {@link WeightTransform} it is the policy of that derived stream; where several transforms stand on
 * one method, {@link #value()} says which. The attributes are the parameters of Lightning's {@code ModelCheckpoint} in
 * camel case, with its defaults; {@link #keepLast}, {@link #keepEveryNth}, {@link #saveBest}, {@link #maxTotalBytes},
 * {@link #anyTrigger}, {@link #onFailure} and {@link #format} are Rivulet's own.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.FIELD})
@Repeatable(CheckpointStream.List.class)
public @interface CheckpointStream {

    /** Name of the stream of untransformed weights, which every run has. */
    String ORIGINAL = "original";

    /** Default of the triggers that are numbers: not given, which differs from 0, switched off. */
    int UNSET = Integer.MIN_VALUE;

    /** Name of the stream; on a class the original's, beside a single {@link WeightTransform} that one's, by default. */
    String value() default "";

    /** Directory of the stream's files, relative to the run's checkpoint directory; by default that directory itself. */
    String dirpath() default "";

    /**
     * Template of the file names without extension, such as {@code "{epoch:02d}-{val_loss:.3f}"}: names of metrics, and
     * {@code epoch} and {@code step}, each with an optional format of Python's mini-language for numbers. By default
     * {@code "<name of the stream>-{epoch}-{step}"}.
     */
    String filename() default "";

    /** Metric that decides what is kept; by default none, so that the newest is kept. */
    String monitor() default "";

    /** Whether the smallest or the largest value of the monitored metric is the best. */
    Mode mode() default Mode.MIN;

    /** How many of the best checkpoints are kept: all for −1, none for 0. Above 1 a {@link #monitor()} is needed. */
    int saveTopK() default 1;

    /**
     * How many of the newest saves are kept beside the best, whatever their score; then every due save writes a file.
     * 0 switches it off.
     */
    int keepLast() default 0;

    /**
     * Keeps every n-th save of the stream for ever, whatever its score. Every save that is carried out counts, whether
     * or not it is among the best; a failed one does not. 0 switches it off.
     */
    int keepEveryNth() default 0;

    /**
     * How many bytes the files of the stream may have together, such as {@code "10GB"} or {@code "500MiB"}. When a save
     * goes beyond, the worst checkpoints are deleted, without a {@link #monitor()} the oldest: never the newest, the
     * best, one kept for ever, or the one that training resumed from. {@code "0"} and nothing mean no limit.
     */
    String maxTotalBytes() default "";

    /** Whether {@code last} names the newest checkpoint. */
    SaveLast saveLast() default SaveLast.OFF;

    /** Whether {@code best} names the best checkpoint; needs a {@link #monitor()}. */
    SaveBest saveBest() default SaveBest.OFF;

    /** Saves every n optimizer steps. Excludes the other triggers unless {@link #anyTrigger()}; 0 switches it off. */
    int everyNTrainSteps() default UNSET;

    /** Saves every n epochs; 1 when no trigger is given. Excludes the other triggers unless {@link #anyTrigger()}; 0 off. */
    int everyNEpochs() default UNSET;

    /** Saves when this much time has passed since a save was last due, such as {@code "30s"}, {@code "15m"}, {@code "1h30m"}. */
    String trainTimeInterval() default "";

    /** Whether several triggers may be given, each of which makes a save due; no step is saved twice. */
    boolean anyTrigger() default false;

    /** Whether an epoch-triggered save happens at the end of the training epoch or after validation. */
    SaveOnTrainEpochEnd saveOnTrainEpochEnd() default SaveOnTrainEpochEnd.AUTO;

    /** Whether an exception during training saves a checkpoint. */
    boolean saveOnException() default false;

    /**
     * Whether training ends or goes on when a save of the stream fails; by default it ends for untransformed weights and
     * goes on for derived ones.
     */
    OnFailure onFailure() default OnFailure.AUTO;

    /**
     * Format of the stream's files; by default Lightning's {@code .ckpt} for untransformed weights, and safetensors for
     * derived ones.
     */
    CheckpointFormat format() default CheckpointFormat.AUTO;

    /** Whether the checkpoint holds the weights alone. For now all do, since no optimizer state is saved. */
    boolean saveWeightsOnly() default false;

    /** Whether {@code {x}} in the template becomes {@code x=value} rather than the value alone. */
    boolean autoInsertMetricName() default true;

    /** Whether a name that is taken gets the suffix {@code -v1}, {@code -v2} …; otherwise its file is replaced. */
    boolean enableVersionCounter() default true;

    /** Whether saves are logged at level info. */
    boolean verbose() default false;

    /** Holds repeated {@link CheckpointStream} annotations; written by the compiler. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.METHOD, ElementType.FIELD})
    @interface List {

        /** The repeated annotations, in source order. */
        CheckpointStream[] value();
    }
}
