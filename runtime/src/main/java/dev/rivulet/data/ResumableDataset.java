package dev.rivulet.data;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import java.io.IOException;

/**
 * A data set that can start in the middle of an epoch.
 *
 * <p>The records of a batch depend only on {@link #order}, the epoch and the index of the batch, so a pass from batch
 * <i>n</i> gives the same batches as a pass from the beginning after <i>n</i> batches. Skipped records are not loaded.
 * {@link SeededDataset} adapts any {@code RandomAccessDataset}; implement this interface for your own source.
 *
 * @since 0.1
 */
public interface ResumableDataset extends Dataset {
    /**
     * The batches of an epoch, beginning with a start batch. If the result is also {@link java.io.Closeable}, it is
     * closed at the end of the pass, before the manager.
     *
     * @param manager the manager of the batches' arrays
     * @param epoch the epoch, from 0
     * @param startBatch index of the first batch within the epoch; the number of batches gives an empty pass
     * @throws IllegalArgumentException if the epoch has fewer batches
     * @throws IOException if the data cannot be read
     * @throws TranslateException if records cannot be processed
     */
    Iterable<Batch> batches(NDManager manager, long epoch, long startBatch) throws IOException, TranslateException;

    /**
     * A description of everything that the order depends on, saved with a checkpoint. If it differs when the run
     * resumes, records would be repeated or skipped. Called after {@link #prepare}.
     */
    String order();

    /** The first epoch, for callers without epochs. */
    @Override
    default Iterable<Batch> getData(NDManager manager) throws IOException, TranslateException {
        return batches(manager, 0, 0);
    }
}
