package dev.rivulet.data;

import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Sampler;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Samples the batches of one epoch, beginning with a start batch.
 *
 * @param sampling order and batching of the records
 * @param epoch the epoch
 * @param startBatch index of the first batch
 */
record EpochSampler(Sampling sampling, long epoch, long startBatch) implements Sampler {
    @Override
    public Iterator<List<Long>> sample(RandomAccessDataset dataset) {
        int records = Sampling.size(dataset);
        IntUnaryOperator order = sampling.order(records, epoch);
        long batches = sampling.batchCount(records);
        if (startBatch < 0 || startBatch > batches) {
            throw new IllegalArgumentException("Epoch " + epoch + " starts at batch " + startBatch
                    + ", but an epoch of " + records + " records has " + batches
                    + " batches; resume with the data and the batch size of the original run.");
        }
        return LongStream.range(startBatch, batches)
                .mapToObj(batch -> batch(batch, records, order))
                .iterator();
    }

    private List<Long> batch(long index, int records, IntUnaryOperator order) {
        long first = index * sampling.batchSize();
        long end = Math.min(first + sampling.batchSize(), records);
        return IntStream.range((int) first, (int) end)
                .map(order)
                .mapToObj(record -> (long) record)
                .toList();
    }

    @Override
    public int getBatchSize() {
        return sampling.batchSize();
    }
}
