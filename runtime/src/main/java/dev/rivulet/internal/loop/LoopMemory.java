package dev.rivulet.internal.loop;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.data.BatchIterator;
import dev.rivulet.data.ResumableDataset;
import dev.rivulet.random.RandomState;
import dev.rivulet.random.TrainingRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers earlier state that a resumed run needs: the random state and the metrics before a validation that may be
 * interrupted, and the random state before the pass over the epoch's data. Confined to the training thread.
 */
public final class LoopMemory {
    private static final Logger LOG = LoggerFactory.getLogger(LoopMemory.class);

    private final TrainingRandom random;
    private final Metrics metrics;
    private final LoopState state;
    private @Nullable RandomState atEpochStart;
    private @Nullable FirstBatch firstBatch;
    private @Nullable Path resumedFrom;
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

    /** The first batch of this epoch; empty if the data set resumes by itself. */
    public Optional<FirstBatch> firstBatch() {
        return Optional.ofNullable(firstBatch);
    }

    /**
     * Restores the {@link #atEpochStart} and {@link #firstBatch} of another run.
     *
     * @param file named in messages
     */
    public void resume(Path file, Optional<RandomState> epochStart, Optional<FirstBatch> first) {
        resumedFrom = file;
        atEpochStart = epochStart.orElse(null);
        firstBatch = first.orElse(null);
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
            return checkedPass(train, manager, epoch, startBatch);
        }
        random.restore(atEpochStart);
        BatchIterator batches = checkedPass(train, manager, epoch, startBatch);
        random.restore(now);
        return batches;
    }

    private BatchIterator checkedPass(Dataset train, NDManager manager, int epoch, int startBatch)
            throws IOException, TranslateException {
        return new BatchIterator(train, manager, epoch, startBatch, (batch, index) -> {
            if (index == 0) {
                requireSame(FirstBatch.of(batch));
            }
        });
    }

    /** Other batches would repeat some records and omit others. */
    private void requireSame(FirstBatch now) {
        if (firstBatch != null && !firstBatch.equals(now)) {
            throw new NotResumableException("Training cannot resume from " + resumedFrom
                    + " in the middle of an epoch: the training data was read in " + firstBatch + ", and now in " + now
                    + ". Pass the same data, or resume from a checkpoint saved at the end of an epoch.");
        }
        firstBatch = now;
    }

    /** Notes the first batch of an epoch. */
    void beginEpoch(Batch batch) {
        FirstBatch now = FirstBatch.of(batch);
        if (resumedFrom != null && firstBatch != null && !now.hasSizeOf(firstBatch)) {
            LOG.warn("Training continues with different data: it was read in {}, and now in {}.", firstBatch, now);
        }
        resumedFrom = null;
        firstBatch = now;
    }
}
