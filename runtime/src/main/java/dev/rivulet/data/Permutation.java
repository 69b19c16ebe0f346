package dev.rivulet.data;

import dev.rivulet.random.SplitMix64;

/**
 * The order of records in one epoch. Every permutation is equally likely, and it depends on size, seed and epoch only.
 * The algorithm must never change, or resumed runs of older checkpoints would skip and repeat records.
 *
 * <p>R. Durstenfeld, <i>Algorithm 235: Random permutation</i>, 1964 (the Fisher-Yates shuffle), from the last position
 * to the first. DJL's {@code RandomSampler} swaps each record with an <i>earlier</i> one only (Sattolo's algorithm), so
 * a record never stays in its position.
 */
final class Permutation {
    private Permutation() {}

    /** Record indices by position. */
    static int[] of(int size, long seed, long epoch) {
        SplitMix64 random = SplitMix64.of(seed, "sampler", epoch);
        int[] order = new int[size];
        for (int position = 0; position < size; position++) {
            order[position] = position;
        }
        for (int position = size - 1; position > 0; position--) {
            int other = random.nextInt(position + 1);
            int record = order[position];
            order[position] = order[other];
            order[other] = record;
        }
        return order;
    }
}
