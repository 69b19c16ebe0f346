package dev.rivulet.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A set of group numbers, whose text is short where numbers follow each other: {@code 3,7,10-12}.
 *
 * @param numbers positive numbers, ascending
 */
public record GroupSet(List<Long> numbers) {
    /** No group. */
    public static final GroupSet EMPTY = new GroupSet(List.of());

    /** Holds the numbers in order, each once. */
    public GroupSet {
        SortedSet<Long> sorted = new TreeSet<>(numbers);
        if (!sorted.isEmpty() && sorted.first() < 1) {
            throw new IllegalArgumentException("Groups are numbered from 1, but " + sorted.first() + " was given.");
        }
        numbers = List.copyOf(sorted);
    }

    /** Whether a group is in the set. */
    public boolean contains(long group) {
        return Collections.binarySearch(numbers, group) >= 0;
    }

    /** With one group more. */
    public GroupSet with(long group) {
        return with(new GroupSet(List.of(group)));
    }

    /** With the groups of another set. */
    public GroupSet with(GroupSet others) {
        List<Long> all = new ArrayList<>(numbers);
        all.addAll(others.numbers);
        return new GroupSet(all);
    }

    /** Such as {@code 3,7,10-12}; empty for no group. */
    @Override
    public String toString() {
        List<String> ranges = new ArrayList<>();
        for (int from = 0; from < numbers.size(); ) {
            int to = from;
            while (to + 1 < numbers.size() && numbers.get(to + 1) == numbers.get(to) + 1) {
                to++;
            }
            ranges.add(numbers.get(from) + (to == from ? "" : "-" + numbers.get(to)));
            from = to + 1;
        }
        return ranges.stream().collect(Collectors.joining(","));
    }
}
