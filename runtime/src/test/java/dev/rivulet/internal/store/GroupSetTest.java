package dev.rivulet.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rivulet.seed.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupSetTest {

    @Test
    void isWrittenAsRanges() {
        GroupSet groups = new GroupSet(List.of(12L, 3L, 7L, 11L, 10L, 3L));

        assertThat(groups).hasToString("3,7,10-12");
        assertThat(groups.numbers()).containsExactly(3L, 7L, 10L, 11L, 12L);
        assertThat(GroupSet.parse("3,7,10-12")).isEqualTo(groups);
    }

    @Test
    void isNumberedFromOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new GroupSet(List.of(0L)));
        assertThatIllegalArgumentException().isThrownBy(() -> GroupSet.EMPTY.with(-1));
    }

    @Test
    void agreesWithASetOfNumbers() {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        for (int i = 0; i < 1_000; i++) {
            SortedSet<Long> numbers = numbers(random);
            SortedSet<Long> others = numbers(random);
            GroupSet groups = new GroupSet(numbers);
            long number = random.nextLong(1, 30);

            assertThat(groups.numbers()).as("seed %s", Seed.VALUE).containsExactlyElementsOf(numbers);
            assertThat(groups.contains(number)).as("seed %s", Seed.VALUE).isEqualTo(numbers.contains(number));
            assertThat(GroupSet.parse(groups.toString()))
                    .as("seed %s", Seed.VALUE)
                    .isEqualTo(groups);
            numbers.addAll(others);
            GroupSet all = groups.with(new GroupSet(others));
            assertThat(all)
                    .as("seed %s", Seed.VALUE)
                    .isEqualTo(new GroupSet(numbers))
                    .hasSameHashCodeAs(new GroupSet(numbers));
            numbers.add(number);
            assertThat(all.with(number).numbers()).as("seed %s", Seed.VALUE).containsExactlyElementsOf(numbers);
        }
    }

    @Test
    void takesNoMemoryPerNumberOfARange() {
        GroupSet all = GroupSet.parse("1-9223372036854775807");

        assertThat(all.contains(1L << 40)).isTrue();
        assertThat(all.numbers().get(7)).isEqualTo(8);
        assertThat(all.numbers()).hasSize(Integer.MAX_VALUE);
        assertThat(all.with(Long.MAX_VALUE).with(new GroupSet(List.of(5L)))).isEqualTo(all);
    }

    @Test
    void holdsManyGroups() {
        List<Long> odd = new ArrayList<>();
        GroupSet groups = GroupSet.EMPTY;
        for (long group = 1; group < 20_000; group += 2) {
            odd.add(group);
            groups = groups.with(group);
        }

        assertThat(groups.numbers()).containsExactlyElementsOf(odd);
        assertThat(GroupSet.parse(groups.toString())).isEqualTo(groups);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "1,",
                ",1",
                "1,,2",
                "1 ",
                "+1",
                "-1",
                "0",
                "01",
                "1-",
                "1-1",
                "2-1",
                "2,1",
                "1,1",
                "1,2",
                "1-2,3",
                "1-3,3",
                "1-2-3",
                "a",
                "１",
                "9223372036854775808",
                "1.0"
            })
    void refusesStringsThatItWouldNotWrite(String string) {
        assertThatIllegalArgumentException().isThrownBy(() -> GroupSet.parse(string));
    }

    private static SortedSet<Long> numbers(SplittableRandom random) {
        SortedSet<Long> numbers = new TreeSet<>();
        for (int i = random.nextInt(15); i > 0; i--) {
            numbers.add(random.nextLong(1, 30));
        }
        return numbers;
    }
}
