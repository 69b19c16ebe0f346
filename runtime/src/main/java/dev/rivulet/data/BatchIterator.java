package dev.rivulet.data;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.Batchifier;
import ai.djl.translate.TranslateException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.ObjLongConsumer;

/**
 * One pass over a data set that reports which batch is the last while that batch is still usable.
 *
 * <p>DJL's iterators close all batches that they returned when {@code hasNext} finds no more. Each batch is therefore
 * moved to its own manager before {@code hasNext} is called. {@link Batch#getProgress} is not a substitute: it ignores
 * samplers that skip records.
 *
 * <p>A pass may start in the middle of an epoch. A {@link ResumableDataset} starts there directly. Any other data set
 * starts at the beginning, and the first batches are loaded and skipped. They are the right ones only if the generators
 * that determine the order (DJL's samplers draw from {@code RandomUtils.RANDOM}) have the state from the start of the
 * epoch. Skipping batches advances these generators, so such an epoch is resumed in three steps:
 *
 * <pre>{@code
 * random.restore(atEpochStart);                                            // captured before the epoch's pass
 * BatchIterator batches = new BatchIterator(dataset, manager, epoch, startBatch);
 * random.restore(atCheckpoint);
 * }</pre>
 *
 * <p>The caller closes each batch; closing the iterator closes the remaining ones. Not thread-safe.
 *
 * @since 0.1
 */
public final class BatchIterator implements AutoCloseable {
    private final NDManager scope;
    private final Iterable<Batch> pass;
    private final Iterator<Batch> batches;
    private long batchesConsumed;
    private boolean last;

    /**
     * Starts a pass at the beginning of the first epoch, for data that is the same in every epoch.
     *
     * @param dataset the data, with its configured sampling
     * @param parent parent of the manager of the pass
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if its records cannot be processed
     */
    public BatchIterator(Dataset dataset, NDManager parent) throws IOException, TranslateException {
        this(dataset, parent, 0, 0);
    }

    /**
     * Starts a pass in a given epoch.
     *
     * @param dataset the data, with its configured sampling
     * @param parent parent of the manager of the pass
     * @param epoch the epoch, from 0; only a {@link ResumableDataset} uses it
     * @param startBatch index of the first batch within the epoch; the number of batches gives an empty pass
     * @throws IllegalArgumentException if the epoch has fewer batches
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if its records cannot be processed
     */
    public BatchIterator(Dataset dataset, NDManager parent, long epoch, long startBatch)
            throws IOException, TranslateException {
        this(dataset, parent, epoch, startBatch, (batch, index) -> {});
    }

    /**
     * Starts a pass in a given epoch, like {@link #BatchIterator(Dataset, NDManager, long, long)}.
     *
     * @param skipped receives each batch that is loaded and skipped, with its index, before it is closed
     */
    public BatchIterator(
            Dataset dataset, NDManager parent, long epoch, long startBatch, ObjLongConsumer<? super Batch> skipped)
            throws IOException, TranslateException {
        this.scope = parent.newSubManager();
        this.batchesConsumed = startBatch;
        boolean started = false;
        try {
            if (dataset instanceof ResumableDataset resumable) {
                this.pass = resumable.batches(scope, epoch, startBatch);
                this.batches = pass.iterator();
            } else {
                this.pass = dataset.getData(scope);
                this.batches = pass.iterator();
                skip(startBatch, skipped);
            }
            this.last = !batches.hasNext();
            started = true;
        } finally {
            if (!started) {
                scope.close();
            }
        }
    }

    private void skip(long count, ObjLongConsumer<? super Batch> skipped) {
        for (long i = 0; i < count; i++) {
            if (!batches.hasNext()) {
                throw new IllegalArgumentException("The pass starts at batch " + count + ", but the data set has only "
                        + i + " batches; resume with the data and the batch size of the original run.");
            }
            try (Batch batch = batches.next()) {
                skipped.accept(batch, i);
            }
        }
    }

    /** Whether there is another batch. */
    public boolean hasNext() {
        return !last;
    }

    /** The next batch, open until the caller closes it. */
    public Batch next() {
        if (last) {
            throw new NoSuchElementException("The pass over the data set has ended; call hasNext first.");
        }
        Batch batch = detach(batches.next());
        batchesConsumed++;
        last = !batches.hasNext();
        return batch;
    }

    /** Whether the batch returned by {@link #next} was the last one. */
    public boolean isLast() {
        return last;
    }

    /**
     * The number of batches of the epoch consumed so far, including those before the start batch and excluding
     * prefetched ones. A pass with this start batch continues here.
     */
    public long batchesConsumed() {
        return batchesConsumed;
    }

    /** Moves a batch to a manager that DJL's iterator does not close. A batch does not expose its batchifiers. */
    private Batch detach(Batch batch) {
        Batch detached = new Batch(
                scope.newSubManager(),
                batch.getData(),
                batch.getLabels(),
                batch.getSize(),
                Batchifier.STACK,
                Batchifier.STACK,
                batch.getProgress(),
                batch.getProgressTotal(),
                batch.getIndices());
        batch.getManager().close();
        return detached;
    }

    @Override
    public void close() {
        try (scope) {
            if (pass instanceof Closeable closeable) {
                closeable.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
