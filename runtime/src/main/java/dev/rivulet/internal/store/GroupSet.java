package dev.rivulet.internal.store;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A set of group numbers with a compact string form that uses ranges: {@code 3,7,10-12}.
 *
 * <p>Immutable. Stored as ranges, so that neither memory nor time depends on how many numbers a range spans.
 */
public final class GroupSet {
    /** The empty set. */
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
     * Parses a string that {@link #toString} returned.
     *
     * @throws IllegalArgumentException if no set has that string
     */
    public static GroupSet parse(String string) {
        return string.isEmpty() ? EMPTY : new GroupSet(Parser.bounds(string));
    }

    /** Whether the set has no groups. */
    public boolean isEmpty() {
        return bounds.length == 0;
    }

    /** Whether a group is in the set. */
    public boolean contains(long group) {
        int position = Arrays.binarySearch(bounds, group);
        return position >= 0 || (-position - 1) % 2 == 1; // Past the first bound of a range, but not past its last.
    }

    /** The numbers in ascending order: a view that computes them. */
    public List<Long> numbers() {
        return new Numbers(bounds);
    }

    /** This set and one more group. */
    public GroupSet with(long group) {
        if (contains(group)) {
            return this;
        }
        requirePositive(group);
        return with(new GroupSet(new long[] {group, group}));
    }

    /** The union of this set and another one. */
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

    /** The groups of this set that match. */
    GroupSet only(LongPredicate matches) {
        return new GroupSet(numbers().stream().filter(matches::test).toList());
    }

    /** Whether no group of the set is higher than this one. */
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
        StringBuilder string = new StringBuilder(bounds.length * 4);
        for (int i = 0; i < bounds.length; i += 2) {
            if (i > 0) {
                string.append(',');
            }
            string.append(bounds[i]);
            if (bounds[i + 1] > bounds[i]) {
                string.append('-').append(bounds[i + 1]);
            }
        }
        return string.toString();
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

    /** Appends a range that does not start before the last one. Joins the two if no number lies between them. */
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

    /** The numbers of ranges as a list that computes them: it takes memory per range, not per number. */
    private static final class Numbers extends AbstractList<Long> implements RandomAccess {
        private final long[] bounds;
        /** How many numbers are in the ranges before each range; the last entry is the total. */
        private final long[] before;

        /**
         * A view.
         *
         * @param bounds first and last number of each range in turn, ascending
         */
        Numbers(long[] bounds) {
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
            int position = Arrays.binarySearch(before, index);
            int range = position >= 0 ? position : -position - 2;
            return bounds[2 * range] + (index - before[range]);
        }

        /** The count of numbers, at most {@link Integer#MAX_VALUE}. */
        @Override
        public int size() {
            return (int) Math.min(Integer.MAX_VALUE, before[before.length - 1]);
        }
    }

    /**
     * Reads the string of a set. Accepts only what {@link #toString} writes, so that each set has exactly one string.
     */
    private static final class Parser {
        private final String string;
        private int position;

        Parser(String string) {
            this.string = string;
        }

        /** First and last number of each range in turn. */
        static long[] bounds(String string) {
            int ranges = new Parser(string).read((range, from, to) -> {});
            long[] bounds = new long[2 * ranges]; // Allocated only after the string is known to be valid.
            new Parser(string).read((range, from, to) -> {
                bounds[2 * range] = from;
                bounds[2 * range + 1] = to;
            });
            return bounds;
        }

        /** Reads all ranges and returns how many there are. */
        private int read(RangeConsumer ranges) {
            long last = -1;
            int count = 0;
            do {
                long from = number();
                if (from - 1 <= last) {
                    throw malformed("ranges must ascend and must not touch");
                }
                last = take('-') ? endOfRange(from) : from;
                ranges.accept(count++, from, last);
            } while (take(','));
            if (position < string.length()) {
                throw malformed("numbers and ranges must be separated by commas");
            }
            return count;
        }

        private long endOfRange(long from) {
            long to = number();
            if (to <= from) {
                throw malformed("the end of a range must be greater than its start");
            }
            return to;
        }

        private boolean take(char expected) {
            boolean isNext = position < string.length() && string.charAt(position) == expected;
            position += isNext ? 1 : 0;
            return isNext;
        }

        private long number() {
            long value = 0;
            int from = position;
            for (; position < string.length() && isDigit(string.charAt(position)); position++) {
                int digit = string.charAt(position) - '0';
                if (value > (Long.MAX_VALUE - digit) / 10) {
                    throw malformed("a number must be at most 2^63 - 1");
                }
                value = value * 10 + digit;
                if (value == 0) {
                    throw malformed("a number must start with 1 to 9");
                }
            }
            if (position == from) {
                throw malformed("a number is expected");
            }
            return value;
        }

        private static boolean isDigit(char character) {
            return character >= '0' && character <= '9';
        }

        private IllegalArgumentException malformed(String reason) {
            return new IllegalArgumentException("At character " + position + " of a set of groups, " + reason + ".");
        }

        @FunctionalInterface
        private interface RangeConsumer {
            void accept(int range, long from, long to);
        }
    }
}
