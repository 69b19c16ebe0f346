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
 * Remembers earlier state that a resumed run needs: the random state and the metrics before a validation that may be
 * interrupted, and the random state before the pass over the epoch's data. Confined to the training thread.
 */
public final class LoopMemory {
    private final TrainingRandom random;
    private final Metrics metrics;
    private final LoopState state;
    private @Nullable RandomState atEpochStart;
    private @Nullable RandomState atValidationStart;
    private Metrics.@Nullable State metricsAtValidationStart;

    /** The memory of a run that has not started. */
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

    /** The random state at the position of {@link LoopState#progress}. */
    public RandomState randomState() {
        return isWithinValidation() && atValidationStart != null ? atValidationStart : random.capture();
    }

    /** The metrics at the position of {@link LoopState#progress}. */
    public Metrics.State metricsState() {
        return isWithinValidation() && metricsAtValidationStart != null ? metricsAtValidationStart : metrics.state();
    }

    /** The random state that determines the order of this epoch's records; empty if the order does not depend on it. */
    public Optional<RandomState> atEpochStart() {
        return Optional.ofNullable(atEpochStart);
    }

    /** Restores the {@link #atEpochStart} of another run. */
    public void resume(Optional<RandomState> epochStart) {
        atEpochStart = epochStart.orElse(null);
    }

    /** Whether a validation is running that a run repeats if it resumes from {@link LoopState#progress}. */
    public boolean isWithinValidation() {
        return state.validating && !state.sanityChecking && state.position == LoopProgress.Position.BATCH_END;
    }

    void startValidation() {
        atValidationStart = random.capture();
        metricsAtValidationStart = metrics.state();
    }

    /** The batches of an epoch from a given batch on, with the same records as in a complete pass. */
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
