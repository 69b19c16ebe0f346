package dev.rivulet.data;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.Dataset;
import ai.djl.translate.TranslateException;
import java.io.IOException;

/**
 * A data set that can begin in the middle of an epoch.
 *
 * <p>Which records make up a batch depends on {@link #order}, the epoch and the batch's index alone, so that what is
 * given from batch <i>n</i> on is what a pass from the beginning gives after <i>n</i> batches. Skipped records are not
 * loaded. {@link SeededDataset} makes one of any {@code RandomAccessDataset}; a source of your own implements this.
 */
public interface ResumableDataset extends Dataset {
    /**
     * The batches of an epoch, from some batch on. If what is returned is {@link java.io.Closeable}, too, it is closed at
     * the end of the pass, before the manager.
     *
     * @param manager the manager under which the batches are made
     * @param epoch which epoch, from 0
     * @param startBatch index in the epoch of the first batch given; as many as there are gives none
     * @throws IllegalArgumentException if the epoch has fewer batches
     * @throws IOException if the data cannot be read
     * @throws TranslateException if records cannot be processed
     */
    Iterable<Batch> batches(NDManager manager, long epoch, long startBatch) throws IOException, TranslateException;

    /**
     * What the order depends on, as text that is saved with a checkpoint: if it is another one when the run resumes,
     * records would be repeated or left out. For data that has been prepared.
     */
    String order();

    /** The first epoch, for those who know no epochs. */
    @Override
    default Iterable<Batch> getData(NDManager manager) throws IOException, TranslateException {
        return batches(manager, 0, 0);
    }
}
