package dev.rivulet;

import ai.djl.training.dataset.Dataset;
import dev.rivulet.checkpoint.Backpressure;
import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.internal.loop.LoopSettings;
import dev.rivulet.internal.loop.LoopSettings.Limits;
import dev.rivulet.internal.loop.LoopSettings.Validation;
import dev.rivulet.internal.loop.ValidationInterval;
import dev.rivulet.internal.save.SaveSettings;
import dev.rivulet.internal.store.RetryPolicy;
import dev.rivulet.optim.GradientClipAlgorithm;
import dev.rivulet.optim.GradientClipping;
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
 * <p>Everything runs on the thread that calls {@link #fit}, but for static transforms and the writing of files, which a
 * thread of the fit's own does while training goes on. A trainer runs one fit at a time; {@link #stop} may be
 * called from any thread.
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
     * @param train training data, sampled as it was configured
     * @throws dev.rivulet.checkpoint.FitException if a save fails of a stream whose {@code onFailure} stops training, as that of untransformed
     *     weights does by default, or a step, a hook or the data throws a checked exception; unchecked ones are thrown
     *     as they are. An interrupted thread ends the fit after the current batch.
     */
    public FitResult fit(LightningModule module, Dataset train) {
        return fit(module, train, ResumeFrom.nothing());
    }

    /**
     * Trains and validates.
     *
     * @param train training data, sampled as it was configured
     * @param validation validation data
     * @throws dev.rivulet.checkpoint.FitException if a save fails of a stream whose {@code onFailure} stops training, as that of untransformed
     *     weights does by default, or a step, a hook or the data throws a checked exception; unchecked ones are thrown
     *     as they are. An interrupted thread ends the fit after the current batch.
     */
    public FitResult fit(LightningModule module, Dataset train, Dataset validation) {
        return fit(module, train, validation, ResumeFrom.nothing());
    }

    /**
     * Goes on from a checkpoint, without validation; see {@link #fit(LightningModule, Dataset, Dataset, ResumeFrom)}.
     *
     * @param train the data that the run began with
     * @param resumeFrom from which checkpoint
     */
    public FitResult fit(LightningModule module, Dataset train, ResumeFrom resumeFrom) {
        return fit(module, train, Optional.empty(), resumeFrom);
    }

    /**
     * Goes on from a checkpoint, to the bit as if the run had never stopped: the trainer, the module and the data are to be
     * what they were. In the directory of the run's checkpoints, its streams go on with what they have kept.
     *
     * <p>Training ends where it would have ended; if it has ended already, nothing is trained. The check of validation before
     * training is left out, and so are the start hooks of an epoch in the middle of which the run goes on.
     *
     * @param train the data that the run began with: a {@link dev.rivulet.data.ResumableDataset} goes on at once in the
     *     middle of an epoch, of any other the first batches are loaded and dropped
     * @param validation the validation data that the run began with
     * @param resumeFrom from which checkpoint
     * @throws dev.rivulet.checkpoint.NotResumableException if there is none from which training can go on, such as one of a derived stream
     * @throws dev.rivulet.checkpoint.ArchitectureMismatchException if it is one of another model
     * @throws dev.rivulet.checkpoint.FitException if a save fails of a stream whose {@code onFailure} stops training, as that of untransformed
     *     weights does by default, or a step, a hook or the data throws a checked exception; unchecked ones are thrown
     *     as they are. An interrupted thread ends the fit after the current batch.
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

    /** Index of the epoch that runs or has just run; 0 outside of a fit. */
    public int currentEpoch() {
        FitSession current = session.get();
        return current == null ? 0 : current.epoch();
    }

    /** Optimizer steps so far; 0 outside of a fit. */
    public long globalStep() {
        FitSession current = session.get();
        return current == null ? 0 : current.globalStep();
    }

    /** All metrics as they are now, exact, by name; none outside of a fit. */
    public Map<String, Double> callbackMetrics() {
        FitSession current = session.get();
        return current == null ? Map.of() : current.metrics().toMap();
    }

    /** Whether the validation batches run that only prove that validation works. */
    public boolean isSanityChecking() {
        FitSession current = session.get();
        return current != null && current.state().isSanityChecking();
    }

    /** Ends the fit after the current batch and validation, in good order. */
    public void stop() {
        FitSession current = session.get();
        if (current != null) {
            current.state().stop();
        }
    }

    /** Collects settings. Names and defaults are those of Lightning's {@code Trainer}. */
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
        private LongSupplier clock = System::nanoTime;
        private final Map<String, UnaryOperator<StreamPolicy.Builder>> streams = new LinkedHashMap<>();

        private Builder() {}

        /** Epochs after which training ends; by default 1000 if there is no {@link #maxSteps}, −1 for no limit. */
        public Builder maxEpochs(int epochs) {
            this.maxEpochs = OptionalInt.of(epochs);
            return this;
        }

        /** Optimizer steps after which training ends; by default −1, no limit. */
        public Builder maxSteps(long steps) {
            this.maxSteps = steps;
            return this;
        }

        /** At most this many batches of each training epoch are used; by default all. */
        public Builder limitTrainBatches(int batches) {
            this.limitTrainBatches = batches;
            return this;
        }

        /** At most this many batches of each validation are used; by default all, 0 for no validation. */
        public Builder limitValBatches(int batches) {
            this.limitValBatches = batches;
            return this;
        }

        /** Validation runs in every n-th epoch only; by default in every one. */
        public Builder checkValEveryNEpoch(int n) {
            this.checkValEveryNEpoch = n;
            return this;
        }

        /** Validation runs after each such part of an epoch, {@code 0.25} for four times; by default {@code 1.0}. */
        public Builder valCheckInterval(double fractionOfEpoch) {
            this.valCheckInterval = new ValidationInterval.Fraction(fractionOfEpoch);
            return this;
        }

        /** Validation runs after every so many training batches of an epoch. */
        public Builder valCheckInterval(int batches) {
            this.valCheckInterval = new ValidationInterval.Batches(batches);
            return this;
        }

        /** Validation batches run before training to prove that validation works, −1 for all; by default 2. */
        public Builder numSanityValSteps(int batches) {
            this.numSanityValSteps = batches;
            return this;
        }

        /** Batches whose gradients are averaged for one optimizer step; by default 1. */
        public Builder accumulateGradBatches(int batches) {
            this.accumulateGradBatches = batches;
            return this;
        }

        /** Limit of gradients, by {@link #gradientClipAlgorithm}; by default 0, none. */
        public Builder gradientClipVal(double limit) {
            this.gradientClipVal = limit;
            return this;
        }

        /** Whether the norm of all gradients together is limited or each element; by default the norm. */
        public Builder gradientClipAlgorithm(GradientClipAlgorithm algorithm) {
            this.gradientClipAlgorithm = algorithm;
            return this;
        }

        /** Seeds initialization, shuffling and dropout, so that a run can be repeated; by default none is set. */
        public Builder seed(int seed) {
            this.seed = OptionalInt.of(seed);
            return this;
        }

        /** Adds callbacks, which are called in the order in which they were added. */
        public Builder callbacks(Callback... added) {
            this.callbacks.addAll(List.of(added));
            return this;
        }

        /** Directory of the run; checkpoints go to {@code checkpoints} in it. By default the working directory. */
        public Builder defaultRootDir(Path directory) {
            this.defaultRootDir = directory;
            return this;
        }

        /** Whether progress is shown, where there is a terminal; by default true. */
        public Builder enableProgressBar(boolean enable) {
            this.enableProgressBar = enable;
            return this;
        }

        /** Whether checkpoints are saved; by default true. */
        public Builder enableCheckpointing(boolean enable) {
            this.enableCheckpointing = enable;
            return this;
        }

        /**
         * Save events that may wait while the writer is at work on one; by default 1. Each takes memory of the size of the
         * weights, as does the one that is written. With 0, training waits until a save is durable.
         */
        public Builder maxPendingSaves(int events) {
            this.maxPendingSaves = events;
            return this;
        }

        /** What a due save does when as many are pending as may be; by default training waits. */
        public Builder backpressure(Backpressure backpressure) {
            this.backpressure = backpressure;
            return this;
        }

        /** When a transform is run twice to see whether it gives the same result; by default at its first save. */
        public Builder determinismCheck(DeterminismCheck check) {
            this.determinismCheck = check;
            return this;
        }

        /**
         * How often a file is written that fails for a reason that may pass, such as an error of a network's disk; by default
         * 3 times.
         *
         * @param attempts in all, at least 1
         * @param firstDelay before the second one; doubled before each further one
         */
        public Builder saveRetries(int attempts, Duration firstDelay) {
            this.saveRetries = new RetryPolicy(attempts, firstDelay);
            return this;
        }

        /**
         * Time that a fit gets from SIGTERM or Ctrl-C to its end; by default 30 seconds. It ends after the current batch
         * with a {@link dev.rivulet.checkpoint.ShutdownException}, before which streams with {@code saveOnException} save.
         */
        public Builder shutdownBudget(Duration budget) {
            this.shutdownBudget = budget;
            return this;
        }

        /** Runs one batch of training and one of validation and saves nothing, to find mistakes. */
        public Builder fastDevRun(boolean enable) {
            return fastDevRun(enable ? 1 : 0);
        }

        /** Runs that many batches of training and of validation and saves nothing; 0 for an ordinary run. */
        public Builder fastDevRun(int batches) {
            this.fastDevRun = batches;
            return this;
        }

        /**
         * Changes the policy of a stream, whether declared by annotations or original, or adds a stream of untransformed
         * weights. Called several times, the changes add up.
         *
         * @param name name of the stream
         * @param change sets attributes on a builder that has the declared ones
         */
        public Builder stream(String name, UnaryOperator<StreamPolicy.Builder> change) {
            this.streams.merge(name, change, (earlier, later) -> policy -> later.apply(earlier.apply(policy)));
            return this;
        }

        /** What time triggers go by, in nanoseconds from any origin; for tests, which do not wait. */
        Builder clock(LongSupplier nanoTime) {
            this.clock = nanoTime;
            return this;
        }

        /**
         * The trainer.
         *
         * @throws IllegalArgumentException if a setting makes no sense; the message names it
         */
        public Trainer build() {
            if (!(gradientClipVal >= 0)) {
                throw new IllegalArgumentException(
                        "gradientClipVal is " + gradientClipVal + ", but must be a positive limit, or 0 for none.");
            }
            if (maxPendingSaves < 0) {
                throw new IllegalArgumentException("maxPendingSaves is " + maxPendingSaves
                        + ", but must be a number of save events, or 0 for training to wait for each.");
            }
            TrainerSettings settings = new TrainerSettings(
                    loopSettings(),
                    gradientClipVal == 0 ? GradientClipping.NONE : gradientClipAlgorithm.with(gradientClipVal),
                    seed,
                    new TrainerSettings.Checkpointing(
                            defaultRootDir.resolve("checkpoints"),
                            enableCheckpointing && fastDevRun == 0,
                            new LinkedHashMap<>(streams),
                            new SaveSettings(maxPendingSaves, backpressure, determinismCheck, saveRetries)),
                    enableProgressBar,
                    clock);
            return new Trainer(settings, List.copyOf(callbacks));
        }

        private LoopSettings loopSettings() {
            if (fastDevRun < 0) {
                throw new IllegalArgumentException(
                        "fastDevRun is " + fastDevRun + ", but must be a number of batches, or 0.");
            }
            Limits limits = fastDevRun > 0
                    ? new Limits(1, fastDevRun, fastDevRun, fastDevRun)
                    : new Limits(
                            maxEpochs.orElse(maxSteps == -1 ? 1000 : -1), maxSteps, limitTrainBatches, limitValBatches);
            Validation validation = fastDevRun > 0
                    ? new Validation(1, ValidationInterval.EPOCH, 0)
                    : new Validation(checkValEveryNEpoch, valCheckInterval, numSanityValSteps);
            return new LoopSettings(limits, validation, accumulateGradBatches, shutdownBudget);
        }
    }
}
