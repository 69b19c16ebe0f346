package dev.rivulet.data;

import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.translate.TranslateException;
import ai.djl.util.Progress;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Batches of a DJL data set in an order determined by a seed, so that training can resume in the middle of an epoch.
 *
 * <pre>{@code
 * Dataset train = SeededDataset.shuffled(digits, 32, 42);                  // another order in each epoch
 * Dataset validation = SeededDataset.sequential(digits, 256);
 * Dataset fast = SeededDataset.shuffled(images, 32, 42).dropLast().prefetch(executor);
 * }</pre>
 *
 * <p>The data set's own sampling ({@code setSampling} of its builder) is not used: it draws from a process-wide
 * generator, and DJL does not expose its settings. Batchifiers, pipelines, device and limit of the data set apply.
 * Passes draw from no generator; transforms in the data set's pipelines may.
 *
 * <p>{@link Batch#getProgress} counts from the first batch of the pass, not of the epoch. Immutable.
 *
 * @since 0.1
 */
public final class SeededDataset implements ResumableDataset {
    private final RandomAccessDataset dataset;
    private final Sampling sampling;
    private final @Nullable ExecutorService executor;

    private SeededDataset(RandomAccessDataset dataset, Sampling sampling, @Nullable ExecutorService executor) {
        this.dataset = dataset;
        this.sampling = sampling;
        this.executor = executor;
    }

    /**
     * All records in a different random order in each epoch. Every permutation is equally likely.
     *
     * @param dataset the records; the caller keeps it and closes it
     * @param batchSize records per batch; the last batch may have fewer
     * @param seed determines the order, together with the epoch and the number of records
     */
    public static SeededDataset shuffled(RandomAccessDataset dataset, int batchSize, long seed) {
        return new SeededDataset(dataset, new Sampling(batchSize, OptionalLong.of(seed), false), null);
    }

    /** All records in the order of the data set. See {@link #shuffled}. */
    public static SeededDataset sequential(RandomAccessDataset dataset, int batchSize) {
        return new SeededDataset(dataset, new Sampling(batchSize, OptionalLong.empty(), false), null);
    }

    /** The same without an incomplete last batch. */
    public SeededDataset dropLast() {
        return new SeededDataset(dataset, new Sampling(sampling.batchSize(), sampling.shuffleSeed(), true), executor);
    }

    /**
     * The same with batches prefetched on other threads, as many as the data set's {@code optPrefetchNumber}.
     *
     * <p>Order and content stay the same unless transforms draw random numbers. Then the assignment of numbers to
     * records is nondeterministic, and a checkpoint includes draws for batches still to come. Draw these numbers from
     * {@code NamedRandoms.generatorAt}.
     *
     * @param executor runs the loading; the caller shuts it down
     */
    public SeededDataset prefetch(ExecutorService executor) {
        return new SeededDataset(dataset, sampling, executor);
    }

    @Override
    public Iterable<Batch> batches(NDManager manager, long epoch, long startBatch)
            throws IOException, TranslateException {
        EpochSampler sampler = new EpochSampler(sampling, epoch, startBatch);
        if (executor == null) {
            return dataset.getData(manager, sampler);
        }
        PrefetchTasks tasks = new PrefetchTasks(executor);
        try {
            Iterator<Batch> batches = dataset.getData(manager, sampler, tasks).iterator();
            if (!batches.hasNext() && startBatch < sampling.batchCount(Sampling.size(dataset))) {
                throw new IllegalArgumentException("DJL loads no batches with an executor and optPrefetchNumber(0);"
                        + " set a larger number in the data set's builder, or remove prefetch.");
            }
            return new Pass(batches, tasks);
        } catch (IOException | TranslateException | RuntimeException e) {
            tasks.close();
            throw e;
        }
    }

    @Override
    public Iterable<Batch> getData(NDManager manager, ExecutorService executor) throws IOException, TranslateException {
        return prefetch(executor).getData(manager);
    }

    @Override
    public void prepare(Progress progress) throws IOException, TranslateException {
        dataset.prepare(progress);
    }

    @Override
    public String order() {
        return (sampling.shuffleSeed().isPresent()
                        ? "shuffled by " + sampling.shuffleSeed().getAsLong()
                        : "sequential")
                + ", " + dataset.size() + " records, batches of " + sampling.batchSize()
                + (sampling.dropLast() ? ", without a smaller last one" : "");
    }

    @Override
    public String toString() {
        return "SeededDataset[" + order() + "]";
    }

    /** A pass whose batches are being prefetched. */
    private record Pass(Iterator<Batch> iterator, PrefetchTasks tasks) implements Iterable<Batch>, Closeable {
        @Override
        public void close() {
            tasks.close();
        }
    }
}
