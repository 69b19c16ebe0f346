package dev.rivulet.data;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.Batchifier;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * One pass over a data set that tells which batch is the last while that batch is still usable.
 *
 * <p>DJL's own iterators close every batch that they handed out as soon as they are asked in vain for another one. So
 * each batch is given a manager of its own before that question is put. What a batch says of its progress is no
 * substitute: it knows nothing of samplers that leave records out.
 *
 * <p>The caller closes each batch; closing the iterator closes what is left.
 */
public final class BatchIterator implements AutoCloseable {
    private final NDManager scope;
    private final Iterator<Batch> batches;
    private boolean last;

    /**
     * Starts a pass.
     *
     * @param dataset the data, sampled as it was configured
     * @param parent the manager under which the pass keeps its arrays
     * @throws IOException if the data set cannot be read
     * @throws TranslateException if its records cannot be processed
     */
    public BatchIterator(Dataset dataset, NDManager parent) throws IOException, TranslateException {
        this.scope = parent.newSubManager();
        this.batches = dataset.getData(scope).iterator();
        this.last = !batches.hasNext();
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
        Batch batch = rehome(batches.next());
        last = !batches.hasNext();
        return batch;
    }

    /** Whether the batch returned by {@link #next} was the last one. */
    public boolean isLast() {
        return last;
    }

    /** The same data under a manager that the iterator does not close. A batch does not tell its batchifiers. */
    private Batch rehome(Batch batch) {
        Batch rehomed = new Batch(
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
        return rehomed;
    }

    @Override
    public void close() {
        scope.close();
    }
}
