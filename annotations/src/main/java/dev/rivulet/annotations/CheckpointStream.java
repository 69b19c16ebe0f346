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
 * <p>On a class it is the policy of the original stream, or, with a name, of another stream of the untransformed
 * weights. Next to {@link WeightTransform} it is the policy of that derived stream; if a method has several transforms,
 * {@link #value()} names the one. The attributes are the parameters of Lightning's {@code ModelCheckpoint} in camel
 * case, with its defaults; {@link #keepLast}, {@link #keepEveryNth}, {@link #saveBest}, {@link #maxTotalBytes},
 * {@link #anyTrigger}, {@link #onFailure} and {@link #format} are Rivulet's own.
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.FIELD})
@Repeatable(CheckpointStream.List.class)
public @interface CheckpointStream {

    /** Name of the stream of untransformed weights, which every run has. */
    String ORIGINAL = "original";

    /** Default of the triggers that are numbers: not given, unlike 0, which is switched off. */
    int UNSET = Integer.MIN_VALUE;

    /**
     * Name of the stream; by default the original's on a class, and the transform's next to a single
     * {@link WeightTransform}.
     */
    String value() default "";

    /** Directory of the stream's files, relative to the run's checkpoint directory, which is the default. */
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
     * How many of the newest saves are kept in addition to the best, whatever their score; every due save then writes a
     * file. 0 switches it off.
     */
    int keepLast() default 0;

    /**
     * Keeps every n-th save of the stream permanently, whatever its score. Every save that is carried out counts,
     * whether or not it is among the best; a failed one does not. 0 switches it off.
     */
    int keepEveryNth() default 0;

    /**
     * How many bytes the files of the stream may have together, such as {@code "10GB"} or {@code "500MiB"}. When a save
     * exceeds the limit, the worst checkpoints are deleted, or the oldest without a {@link #monitor()}; never the
     * newest, the best, one kept permanently, or the one that training resumed from. {@code "0"} or an empty string
     * means no limit.
     */
    String maxTotalBytes() default "";

    /** Whether {@code last} names the newest checkpoint. */
    SaveLast saveLast() default SaveLast.OFF;

    /** Whether {@code best} names the best checkpoint; needs a {@link #monitor()}. */
    SaveBest saveBest() default SaveBest.OFF;

    /** Saves every n optimizer steps. Excludes the other triggers unless {@link #anyTrigger()}; 0 switches it off. */
    int everyNTrainSteps() default UNSET;

    /**
     * Saves every n epochs; by default 1 if no trigger is given. Excludes the other triggers unless
     * {@link #anyTrigger()}; 0 switches it off.
     */
    int everyNEpochs() default UNSET;

    /**
     * Saves when this much time has passed since a save was last due, such as {@code "30s"}, {@code "15m"},
     * {@code "1h30m"}.
     */
    String trainTimeInterval() default "";

    /** Whether several triggers may be given, each of which makes a save due; no step is saved twice. */
    boolean anyTrigger() default false;

    /** Whether an epoch-triggered save happens at the end of the training epoch or after validation. */
    SaveOnTrainEpochEnd saveOnTrainEpochEnd() default SaveOnTrainEpochEnd.AUTO;

    /** Whether an exception during training saves a checkpoint. */
    boolean saveOnException() default false;

    /**
     * Whether training ends or continues when a save of the stream fails; by default it ends for untransformed weights
     * and continues for derived ones.
     */
    OnFailure onFailure() default OnFailure.AUTO;

    /**
     * Format of the stream's files; by default Lightning's {@code .ckpt} for untransformed weights, and safetensors for
     * derived ones.
     */
    CheckpointFormat format() default CheckpointFormat.AUTO;

    /**
     * Whether a {@code .ckpt} of untransformed weights leaves out the training state: optimizer, schedulers, random
     * generators, loop and data order. Training cannot resume from such a file. Other files never hold that state.
     */
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
