package dev.rivulet.internal.loop;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import dev.rivulet.data.BatchIterator;
import dev.rivulet.data.ResumableDataset;
import dev.rivulet.random.RandomState;
import dev.rivulet.random.TrainingRandom;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a run that resumes has to know of moments that have passed when the run is saved: random numbers and metrics before
 * a validation that does not come to its end, and random numbers before an epoch's pass was begun. Confined to the
 * training thread.
 */
public final class LoopMemory {
    private final TrainingRandom random;
    private final Metrics metrics;
    private final LoopState state;
    private @Nullable RandomState atEpochStart;
    private @Nullable RandomState atValidationStart;
    private Metrics.@Nullable State metricsAtValidationStart;

    /** The memory of a run that has not begun. */
    public LoopMemory(TrainingRandom random, Metrics metrics, LoopState state) {
        this.random = random;
        this.metrics = metrics;
        this.state = state;
    }

    /** The run's randomness. */
    public TrainingRandom random() {
        return random;
    }

    /** The run's metrics. */
    public Metrics metrics() {
        return metrics;
    }

    /** Random numbers as they go on from where {@link LoopState#progress} says. */
    public RandomState randomState() {
        return isWithinValidation() && atValidationStart != null ? atValidationStart : random.capture();
    }

    /** Metrics as they are where {@link LoopState#progress} says. */
    public Metrics.State metricsState() {
        return isWithinValidation() && metricsAtValidationStart != null ? metricsAtValidationStart : metrics.state();
    }

    /** Random numbers on which the order of this epoch's records depends; empty if it depends on none. */
    public Optional<RandomState> atEpochStart() {
        return Optional.ofNullable(atEpochStart);
    }

    /** Takes over what {@link #atEpochStart} was when another run was saved. */
    public void resume(Optional<RandomState> epochStart) {
        atEpochStart = epochStart.orElse(null);
    }

    private boolean isWithinValidation() {
        return state.validating && !state.sanityChecking && state.position == LoopProgress.Position.BATCH_END;
    }

    void validationBegins() {
        atValidationStart = random.capture();
        metricsAtValidationStart = metrics.state();
    }

    /** An epoch's pass from some batch on, with the records that it would have had from its beginning. */
    BatchIterator pass(Dataset train, NDManager manager, int epoch, int startBatch)
            throws IOException, TranslateException {
        if (train instanceof ResumableDataset) {
            atEpochStart = null;
            return new BatchIterator(train, manager, epoch, startBatch);
        }
        RandomState now = random.capture();
        if (startBatch == 0 || atEpochStart == null) {
            atEpochStart = now;
            return new BatchIterator(train, manager, epoch, startBatch);
        }
        random.restore(atEpochStart);
        BatchIterator batches = new BatchIterator(train, manager, epoch, startBatch);
        random.restore(now);
        return batches;
    }
}
