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

/**
 * One pass over a data set that tells which batch is the last while that batch is still usable.
 *
 * <p>DJL's own iterators close every batch that they handed out as soon as they are asked in vain for another one. So
 * each batch is given a manager of its own before that question is put. What a batch says of its progress is no
 * substitute: it knows nothing of samplers that leave records out.
 *
 * <p>A pass may begin in the middle of an epoch. A {@link ResumableDataset} does so at once. Any other data set is
 * asked for a pass from the beginning, of which the first batches are loaded and skipped. They are the right ones if
 * the generators that its order depends on (DJL's samplers draw from {@code RandomUtils.RANDOM}) stand where they stood
 * when the epoch began, and dropping them moves generators on. So such an epoch is resumed in three steps:
 *
 * <pre>{@code
 * random.restore(atEpochStart);                                            // captured before the epoch's pass was started
 * BatchIterator batches = new BatchIterator(dataset, manager, epoch, startBatch);
 * random.restore(atCheckpoint);
 * }</pre>
 *
 * <p>The caller closes each batch; closing the iterator closes what is left.
 */
public final class BatchIterator implements AutoCloseable {
    private final NDManager scope;
    private final Iterable<Batch> pass;
    private final Iterator<Batch> batches;
    private long batchesConsumed;
    private boolean last;

    /**
     * Starts a pass from the beginning of the first epoch, for data that is the same in every epoch.
     *
     * @param dataset the data, sampled as it was configured
     * @param parent the manager under which the pass keeps its arrays
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if its records cannot be processed
     */
    public BatchIterator(Dataset dataset, NDManager parent) throws IOException, TranslateException {
        this(dataset, parent, 0, 0);
    }

    /**
     * Starts a pass in some epoch.
     *
     * @param dataset the data, sampled as it was configured
     * @param parent the manager under which the pass keeps its arrays
     * @param epoch which epoch, from 0; only a {@link ResumableDataset} asks
     * @param startBatch index in the epoch of the first batch; as many as there are gives none
     * @throws IllegalArgumentException if the epoch has fewer batches
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if its records cannot be processed
     */
    public BatchIterator(Dataset dataset, NDManager parent, long epoch, long startBatch)
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
                skip(startBatch);
            }
            this.last = !batches.hasNext();
            started = true;
        } finally {
            if (!started) {
                scope.close();
            }
        }
    }

    private void skip(long count) {
        for (long skipped = 0; skipped < count; skipped++) {
            if (!batches.hasNext()) {
                throw new IllegalArgumentException(
                        "Batch " + count + " of an epoch is to be the first, but the data set" + " has " + skipped
                                + "; go on with the data and the batch size that the run began with.");
            }
            batches.next().close();
        }
    }

    /** Whether there is another batch. */
    public boolean hasNext() {
        return !last;
    }

    /** The next batch, open until the caller closes it. */
    public Batch next() {
        if (last) {
            throw new NoSuchElementException("The pass over the data set has ended.");
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
     * Batches of the epoch that were given so far, those before the start batch included, those loaded ahead not: the
     * start batch with which a pass goes on here.
     */
    public long batchesConsumed() {
        return batchesConsumed;
    }

    /** The same data under a manager that the iterator does not close. A batch does not tell its batchifiers. */
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
