package dev.rivulet.data;

import dev.rivulet.random.SplitMix64;

/**
 * The order of records in one epoch: every permutation is equally likely, and the same for the same size, seed and epoch,
 * for ever. Changing it would make resumed runs of older checkpoints skip and repeat records.
 *
 * <p>R. Durstenfeld, <i>Algorithm 235: Random permutation</i>, 1964 (the Fisher-Yates shuffle), from the last place to
 * the first. DJL's {@code RandomSampler} swaps each record with an <i>earlier</i> one only (Sattolo's algorithm), so a
 * record never stays in its place, and no epoch is in the order of the data set.
 */
final class Permutation {
    private Permutation() {}

    /** Record indices by place. */
    static int[] of(int size, long seed, long epoch) {
        SplitMix64 random = SplitMix64.of(seed, "sampler", epoch);
        int[] order = new int[size];
        for (int place = 0; place < size; place++) {
            order[place] = place;
        }
        for (int place = size - 1; place > 0; place--) {
            int other = random.nextInt(place + 1);
            int record = order[place];
            order[place] = order[other];
            order[other] = record;
        }
        return order;
    }
}
