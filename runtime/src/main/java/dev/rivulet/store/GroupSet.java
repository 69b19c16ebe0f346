package dev.rivulet.store;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set of group numbers, whose text is short where numbers follow each other: {@code 3,7,10-12}.
 *
 * <p>Immutable. Held as ranges, so that neither memory nor time depends on how many numbers a range spans.
 */
public final class GroupSet {
    /** No group. */
    public static final GroupSet EMPTY = new GroupSet(new long[0]);

    /** First and last number of each range in turn, ascending; between two ranges a number is missing. */
    private final long[] bounds;

    private GroupSet(long[] bounds) {
        this.bounds = bounds;
    }

    /**
     * A set of these numbers, in any order.
     *
     * @throws IllegalArgumentException if one is less than 1
     */
    public GroupSet(Collection<Long> numbers) {
        this(bounds(numbers.stream().mapToLong(Long::longValue).sorted().toArray()));
    }

    /**
     * The set of which {@link #toString} gave the text.
     *
     * @throws IllegalArgumentException if it is the text of no set
     */
    public static GroupSet parse(String text) {
        return text.isEmpty() ? EMPTY : new GroupSet(GroupSetParser.bounds(text));
    }

    /** Whether there is no group in the set. */
    public boolean isEmpty() {
        return bounds.length == 0;
    }

    /** Whether a group is in the set. */
    public boolean contains(long group) {
        int place = Arrays.binarySearch(bounds, group);
        return place >= 0 || (-place - 1) % 2 == 1; // Past the first bound of a range, but not past its last.
    }

    /** The numbers, ascending: a view that takes no memory for each. */
    public List<Long> numbers() {
        return new GroupNumbers(bounds);
    }

    /** With one group more. */
    public GroupSet with(long group) {
        if (contains(group)) {
            return this;
        }
        requirePositive(group);
        return with(new GroupSet(new long[] {group, group}));
    }

    /** With the groups of another set. */
    public GroupSet with(GroupSet others) {
        if (others.isEmpty() || isEmpty()) {
            return isEmpty() ? others : this;
        }
        long[] merged = new long[bounds.length + others.bounds.length];
        int length = 0;
        for (int mine = 0, theirs = 0; mine < bounds.length || theirs < others.bounds.length; ) {
            boolean isMine =
                    theirs == others.bounds.length || (mine < bounds.length && bounds[mine] <= others.bounds[theirs]);
            long from = isMine ? bounds[mine] : others.bounds[theirs];
            long to = isMine ? bounds[mine + 1] : others.bounds[theirs + 1];
            mine += isMine ? 2 : 0;
            theirs += isMine ? 0 : 2;
            length = append(merged, length, from, to);
        }
        return new GroupSet(Arrays.copyOf(merged, length));
    }

    /** Whether all groups of the set are at most this one. */
    boolean isUpTo(long group) {
        return isEmpty() || bounds[bounds.length - 1] <= group;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GroupSet set && Arrays.equals(bounds, set.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    /** Such as {@code 3,7,10-12}; empty for no group. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(bounds.length * 4);
        for (int i = 0; i < bounds.length; i += 2) {
            if (i > 0) {
                text.append(',');
            }
            text.append(bounds[i]);
            if (bounds[i + 1] > bounds[i]) {
                text.append('-').append(bounds[i + 1]);
            }
        }
        return text.toString();
    }

    private static long[] bounds(long[] ascending) {
        long[] bounds = new long[2 * ascending.length];
        int length = 0;
        for (long number : ascending) {
            requirePositive(number);
            length = append(bounds, length, number, number);
        }
        return Arrays.copyOf(bounds, length);
    }

    /** Appends a range that begins nowhere before the last one; joins them where no number is between them. */
    private static int append(long[] bounds, int length, long from, long to) {
        if (length > 0 && from - 1 <= bounds[length - 1]) {
            bounds[length - 1] = Math.max(bounds[length - 1], to);
            return length;
        }
        bounds[length] = from;
        bounds[length + 1] = to;
        return length + 2;
    }

    private static void requirePositive(long group) {
        if (group < 1) {
            throw new IllegalArgumentException("Groups are numbered from 1, but " + group + " was given.");
        }
    }
}
