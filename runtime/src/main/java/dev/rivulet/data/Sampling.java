package dev.rivulet.data;

import ai.djl.training.dataset.RandomAccessDataset;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;

/**
 * How records are put in order and into batches.
 *
 * @param batchSize records of a batch
 * @param shuffleSeed what the order of each epoch depends on; empty for the order of the data set
 * @param dropLast whether a last batch with fewer records is left out
 */
record Sampling(int batchSize, OptionalLong shuffleSeed, boolean dropLast) {
    Sampling {
        if (batchSize < 1) {
            throw new IllegalArgumentException("A batch of " + batchSize + " records was asked for; give at least 1.");
        }
    }

    /** Number of records, which a permutation's array must hold. */
    static int size(RandomAccessDataset dataset) {
        long size = dataset.size();
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("A data set of " + size
                    + " records cannot be sampled, at most 2^31 - 9 can; make a record of several.");
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

    /** Batches of an epoch. */
    long batchCount(int records) {
        return dropLast ? records / batchSize : ((long) records + batchSize - 1) / batchSize;
    }
}
