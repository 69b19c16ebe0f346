package dev.rivulet;

import ai.djl.training.dataset.Dataset;
import dev.rivulet.TrainerSettings.Checkpointing.Mode;
import dev.rivulet.checkpoint.Backpressure;
import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.internal.loop.LoopSettings;
import dev.rivulet.internal.loop.LoopSettings.Limits;
import dev.rivulet.internal.loop.LoopSettings.Validation;
import dev.rivulet.internal.loop.ValidationInterval;
import dev.rivulet.internal.save.SaveSettings;
import dev.rivulet.internal.store.RetryPolicy;
import dev.rivulet.optim.GradientClipAlgorithm;
import dev.rivulet.policy.StreamPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Trains a {@link LightningModule} and saves its checkpoint streams.
 *
 * <pre>{@code
 * FitResult result = Trainer.builder().maxEpochs(10).build().fit(new DigitsModule(), train, validation);
 * Path best = result.stream("transformed").bestModelPath();
 * }</pre>
 *
 * <p>Everything runs on the thread that calls {@link #fit}, except static transforms and the writing of files: the
 * fit's writer thread does these while training continues. A trainer runs one fit at a time; {@link #stop} may be
 * called from any thread.
 *
 * @since 0.1
 */
public final class Trainer {
    private final TrainerSettings settings;
    private final List<Callback> callbacks;
    private final AtomicReference<@Nullable FitSession> session = new AtomicReference<>();

    private Trainer(TrainerSettings settings, List<Callback> callbacks) {
        this.settings = settings;
        this.callbacks = callbacks;
    }

    /** A builder with Lightning's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Trains without validation.
     *
     * @param train training data, sampled as configured
     * @throws dev.rivulet.checkpoint.FitException as {@link #fit(LightningModule, Dataset, Dataset, ResumeFrom)}
     */
    public FitResult fit(LightningModule module, Dataset train) {
        return fit(module, train, ResumeFrom.nothing());
    }

    /**
     * Trains and validates.
     *
     * @param train training data, sampled as configured
     * @param validation validation data
     * @throws dev.rivulet.checkpoint.FitException as {@link #fit(LightningModule, Dataset, Dataset, ResumeFrom)}
     */
    public FitResult fit(LightningModule module, Dataset train, Dataset validation) {
        return fit(module, train, validation, ResumeFrom.nothing());
    }

    /**
     * Resumes from a checkpoint, without validation; see {@link #fit(LightningModule, Dataset, Dataset, ResumeFrom)}.
     *
     * @param train the training data of the run
     * @param resumeFrom the checkpoint
     */
    public FitResult fit(LightningModule module, Dataset train, ResumeFrom resumeFrom) {
        return fit(module, train, Optional.empty(), resumeFrom);
    }

    /**
     * Resumes from a checkpoint, bit for bit as if the run had never stopped.
     *
     * <p>The trainer, the module and the data must be configured as before. In the run's own directory, its streams
     * resume with the checkpoints that they retain.
     *
     * <p>Training ends where it would have ended; a run that has already ended is not trained further. The sanity check
     * is skipped, and so are the start hooks of an epoch in the middle of which the run resumes.
     *
     * @param train the training data of the run; in the middle of an epoch, a {@link dev.rivulet.data.ResumableDataset}
     *     resumes directly, and the first batches of any other data set are loaded and dropped
     * @param validation the validation data of the run
     * @param resumeFrom the checkpoint
     * @throws dev.rivulet.checkpoint.NotResumableException if training cannot resume from the checkpoint, for example
     *     because it belongs to a derived stream
     * @throws dev.rivulet.checkpoint.ArchitectureMismatchException if the checkpoint belongs to another model
     * @throws dev.rivulet.checkpoint.FitException if a save fails whose stream has {@code onFailure = STOP}, the
     *     default of untransformed streams; if a step, a hook or the data throws a checked exception (unchecked ones
     *     are thrown as they are); or after the current batch, if the thread is interrupted
     */
    public FitResult fit(LightningModule module, Dataset train, Dataset validation, ResumeFrom resumeFrom) {
        return fit(module, train, Optional.of(validation), resumeFrom);
    }

    private FitResult fit(LightningModule module, Dataset train, Optional<Dataset> validation, ResumeFrom resumeFrom) {
        List<FitCallback> participants = callbacks.stream()
                .<FitCallback>map(callback -> new CallbackHooks(callback, this, module))
                .toList();
        FitSession started = new FitSession(settings, participants, module, train, validation, resumeFrom);
        if (!session.compareAndSet(null, started)) {
            throw new IllegalStateException("This trainer is in the middle of a fit; use a second one.");
        }
        try {
            return started.run();
        } finally {
            session.set(null);
        }
    }

    /** Index of the current epoch, or of the last one after training; 0 outside of a fit. */
    public int currentEpoch() {
        FitSession current = session.get();
        return current == null ? 0 : current.epoch();
    }

    /** Optimizer steps so far; 0 outside of a fit. */
    public long globalStep() {
        FitSession current = session.get();
        return current == null ? 0 : current.globalStep();
    }

    /** Current metrics, exact, by name; none outside of a fit. */
    public Map<String, Double> callbackMetrics() {
        FitSession current = session.get();
        return current == null ? Map.of() : current.metrics().toMap();
    }

    /** Whether the sanity check is running: the validation batches before training. */
    public boolean isSanityChecking() {
        FitSession current = session.get();
        return current != null && current.state().isSanityChecking();
    }

    /** Ends the fit normally after the current batch and its validation. Callable from any thread. */
    public void stop() {
        FitSession current = session.get();
        if (current != null) {
            current.state().stop();
        }
    }

    /**
     * Builds a trainer. Names and defaults are those of Lightning's {@code Trainer}. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {
        private OptionalInt maxEpochs = OptionalInt.empty();
        private long maxSteps = -1;
        private int limitTrainBatches = Integer.MAX_VALUE;
        private int limitValBatches = Integer.MAX_VALUE;
        private int checkValEveryNEpoch = 1;
        private ValidationInterval valCheckInterval = ValidationInterval.EPOCH;
        private int numSanityValSteps = 2;
        private int accumulateGradBatches = 1;
        private double gradientClipVal;
        private GradientClipAlgorithm gradientClipAlgorithm = GradientClipAlgorithm.NORM;
        private OptionalInt seed = OptionalInt.empty();
        private final List<Callback> callbacks = new ArrayList<>();
        private Path defaultRootDir = Path.of("");
        private boolean enableProgressBar = true;
        private boolean enableCheckpointing = true;
        private int fastDevRun;
        private Duration shutdownBudget = Duration.ofSeconds(30);
        private int maxPendingSaves = 1;
        private Backpressure backpressure = Backpressure.WAIT;
        private DeterminismCheck determinismCheck = DeterminismCheck.FIRST;
        private RetryPolicy saveRetries = RetryPolicy.DEFAULT;
        private Duration slowCallWarning = Duration.ofMinutes(1);
        private LongSupplier clock = System::nanoTime;
        private final Map<String, UnaryOperator<StreamPolicy.Builder>> streams = new LinkedHashMap<>();

        private Builder() {}

        /** Epochs after which training ends; 1000 by default unless {@link #maxSteps} is set; −1 for no limit. */
        public Builder maxEpochs(int epochs) {
            this.maxEpochs = OptionalInt.of(epochs);
            return this;
        }

        /** Number of optimizer steps after which training ends; −1, no limit, by default. */
        public Builder maxSteps(long steps) {
            this.maxSteps = steps;
            return this;
        }

        /** Largest number of batches used of each training epoch; all by default. */
        public Builder limitTrainBatches(int batches) {
            this.limitTrainBatches = batches;
            return this;
        }

        /** Largest number of batches used of each validation; all by default, 0 for no validation. */
        public Builder limitValBatches(int batches) {
            this.limitValBatches = batches;
            return this;
        }

        /** Runs validation only in every n-th epoch; in every epoch by default. */
        public Builder checkValEveryNEpoch(int n) {
            this.checkValEveryNEpoch = n;
            return this;
        }

        /** Runs validation after each such fraction of an epoch, for example {@code 0.25}; {@code 1.0} by default. */
        public Builder valCheckInterval(double fractionOfEpoch) {
            this.valCheckInterval = new ValidationInterval.Fraction(fractionOfEpoch);
            return this;
        }

        /** Runs validation after this number of training batches of an epoch. */
        public Builder valCheckInterval(int batches) {
            this.valCheckInterval = new ValidationInterval.Batches(batches);
            return this;
        }

        /** Number of validation batches of the sanity check before training; 2 by default, −1 for all. */
        public Builder numSanityValSteps(int batches) {
            this.numSanityValSteps = batches;
            return this;
        }

        /** Number of batches whose gradients are averaged for one optimizer step; 1 by default. */
        public Builder accumulateGradBatches(int batches) {
            this.accumulateGradBatches = batches;
            return this;
        }

        /** Gradient limit, applied by {@link #gradientClipAlgorithm}; 0, no limit, by default. */
        public Builder gradientClipVal(double limit) {
            this.gradientClipVal = limit;
            return this;
        }

        /** Whether the limit applies to the norm of all gradients or to each element; the norm by default. */
        public Builder gradientClipAlgorithm(GradientClipAlgorithm algorithm) {
            this.gradientClipAlgorithm = algorithm;
            return this;
        }

        /** Seed of initialization, shuffling and dropout, so that a run can be repeated; not set by default. */
        public Builder seed(int seed) {
            this.seed = OptionalInt.of(seed);
            return this;
        }

        /** Adds callbacks; they are called in the order in which they are added. */
        public Builder callbacks(Callback... added) {
            this.callbacks.addAll(List.of(added));
            return this;
        }

        /** Directory of the run, with its checkpoints in {@code checkpoints}; the working directory by default. */
        public Builder defaultRootDir(Path directory) {
            this.defaultRootDir = directory;
            return this;
        }

        /** Whether to show progress if the output is a terminal; true by default. */
        public Builder enableProgressBar(boolean enable) {
            this.enableProgressBar = enable;
            return this;
        }

        /** Whether to save checkpoints; true by default. */
        public Builder enableCheckpointing(boolean enable) {
            this.enableCheckpointing = enable;
            return this;
        }

        /**
         * Number of saves that may wait while the writer works on another one; 1 by default. Each of them, and the one
         * being written, holds a copy of the weights. With 0, training waits until each save is durable.
         */
        public Builder maxPendingSaves(int saves) {
            this.maxPendingSaves = saves;
            return this;
        }

        /** What happens to a due save when {@link #maxPendingSaves} are pending; by default training waits. */
        public Builder backpressure(Backpressure backpressure) {
            this.backpressure = backpressure;
            return this;
        }

        /** When a transform runs twice to check that it is deterministic; at its first save by default. */
        public Builder determinismCheck(DeterminismCheck check) {
            this.determinismCheck = check;
            return this;
        }

        /**
         * How often a file is written if writing fails for a transient reason, such as an error of a network disk.
         *
         * @param attempts total number of attempts, at least 1; 3 by default
         * @param firstDelay delay before the second attempt; doubled before each later one
         */
        public Builder saveRetries(int attempts, Duration firstDelay) {
            this.saveRetries = new RetryPolicy(attempts, firstDelay);
            return this;
        }

        /**
         * Time after which a warning names user code that has not returned, or shows where it is; 1 minute by default.
         */
        public Builder slowCallWarning(Duration time) {
            this.slowCallWarning = time;
            return this;
        }

        /**
         * Time that a fit may take to end after SIGTERM or Ctrl-C; 30 seconds by default. Streams with {@code
         * saveOnException} save, then the fit throws a {@link dev.rivulet.checkpoint.ShutdownException}.
         */
        public Builder shutdownBudget(Duration budget) {
            this.shutdownBudget = budget;
            return this;
        }

        /** As {@code fastDevRun(1)}, or an ordinary run. */
        public Builder fastDevRun(boolean enable) {
            return fastDevRun(enable ? 1 : 0);
        }

        /**
         * Runs this number of training and validation batches, then makes a checkpoint of each stream without writing
         * it: a dry run that finds mistakes in transforms, conditions, hooks, monitors and names. 0: an ordinary run.
         */
        public Builder fastDevRun(int batches) {
            this.fastDevRun = batches;
            return this;
        }

        /**
         * Changes the policy of a stream, or adds a stream of untransformed weights. Several calls apply in order.
         *
         * @param name name of the stream; {@code original} always exists
         * @param change sets attributes on a builder that starts with the declared ones
         */
        public Builder stream(String name, UnaryOperator<StreamPolicy.Builder> change) {
            this.streams.merge(name, change, (earlier, later) -> policy -> later.apply(earlier.apply(policy)));
            return this;
        }

        /** Clock of time triggers, in nanoseconds from any origin; set by tests, which do not wait. */
        Builder clock(LongSupplier nanoTime) {
            this.clock = nanoTime;
            return this;
        }

        /**
         * Creates the trainer.
         *
         * @throws IllegalArgumentException if a setting is invalid; the message names it
         */
        public Trainer build() {
            TrainerSettings settings = new TrainerSettings(
                    loopSettings(),
                    TrainerSettings.clipping(gradientClipAlgorithm, gradientClipVal),
                    seed,
                    new TrainerSettings.Checkpointing(
                            defaultRootDir.resolve("checkpoints"),
                            !enableCheckpointing ? Mode.OFF : fastDevRun > 0 ? Mode.DRY_RUN : Mode.ON,
                            new LinkedHashMap<>(streams),
                            new SaveSettings(
                                    maxPendingSaves, backpressure, determinismCheck, saveRetries, slowCallWarning)),
                    enableProgressBar,
                    clock);
            return new Trainer(settings, CallbackHooks.requireDistinctKeys(callbacks));
        }

        private LoopSettings loopSettings() {
            Limits limits = fastDevRun != 0
                    ? Limits.ofDryRun(fastDevRun)
                    : new Limits(
                            maxEpochs.orElse(maxSteps == -1 ? 1000 : -1), maxSteps, limitTrainBatches, limitValBatches);
            Validation validation = fastDevRun > 0
                    ? new Validation(1, ValidationInterval.EPOCH, 0)
                    : new Validation(checkValEveryNEpoch, valCheckInterval, numSanityValSteps);
            return new LoopSettings(limits, validation, accumulateGradBatches, shutdownBudget);
        }
    }
}
