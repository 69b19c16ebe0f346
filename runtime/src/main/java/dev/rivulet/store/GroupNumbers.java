package dev.rivulet.store;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

/** The numbers of ranges as a list that computes them: memory for each range, none for each number. */
final class GroupNumbers extends AbstractList<Long> implements RandomAccess {
    private final long[] bounds;
    /** How many numbers are in the ranges before each range, and in all. */
    private final long[] before;

    /**
     * A view.
     *
     * @param bounds first and last number of each range in turn, ascending
     */
    GroupNumbers(long[] bounds) {
        this.bounds = bounds;
        this.before = new long[bounds.length / 2 + 1];
        for (int range = 0; 2 * range < bounds.length; range++) {
            before[range + 1] = before[range] + (bounds[2 * range + 1] - bounds[2 * range] + 1);
        }
    }

    @Override
    public Long get(int index) {
        if (index < 0 || index >= before[before.length - 1]) {
            throw new IndexOutOfBoundsException(index);
        }
        int place = Arrays.binarySearch(before, index);
        int range = place >= 0 ? place : -place - 2;
        return bounds[2 * range] + (index - before[range]);
    }

    /** How many numbers there are; {@link Integer#MAX_VALUE} if there are more. */
    @Override
    public int size() {
        return (int) Math.min(Integer.MAX_VALUE, before[before.length - 1]);
    }
}
