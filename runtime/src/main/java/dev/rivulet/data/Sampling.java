package dev.rivulet.data;

import ai.djl.training.dataset.RandomAccessDataset;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;

/**
 * Order and batching of the records.
 *
 * @param batchSize records per batch
 * @param shuffleSeed determines the order of each epoch; empty for the order of the data set
 * @param dropLast whether an incomplete last batch is dropped
 */
record Sampling(int batchSize, OptionalLong shuffleSeed, boolean dropLast) {
    Sampling {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize is " + batchSize + "; give at least 1.");
        }
    }

    /** Number of records, limited by the length of a permutation's array. */
    static int size(RandomAccessDataset dataset) {
        long size = dataset.size();
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("A data set of " + size
                    + " records cannot be sampled; the limit is 2^31 - 9. Combine several into one record.");
        }
        return (int) size;
    }

    /** The record at each position of an epoch. */
    IntUnaryOperator order(int records, long epoch) {
        if (shuffleSeed.isEmpty()) {
            return IntUnaryOperator.identity();
        }
        int[] permutation = Permutation.of(records, shuffleSeed.getAsLong(), epoch);
        return position -> permutation[position];
    }

    /** Number of batches in an epoch. */
    long batchCount(int records) {
        return dropLast ? records / batchSize : ((long) records + batchSize - 1) / batchSize;
    }
}
