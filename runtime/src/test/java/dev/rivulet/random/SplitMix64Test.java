package dev.rivulet.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SplitMix64Test {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    @Test
    void givesTheNumbersOfSplittableRandom() {
        for (long seed : new long[] {0, 1, -1, 42, Long.MIN_VALUE, 0x123456789abcdefL}) {
            SplittableRandom reference = new SplittableRandom(seed);
            SplitMix64 random = new SplitMix64(new SplitMix64.State(seed, GOLDEN_GAMMA));

            for (int i = 0; i < 1000; i++) {
                assertThat(random.nextLong()).isEqualTo(reference.nextLong());
            }
        }
    }

    @Test
    void resumesFromItsState() {
        SplitMix64 random = SplitMix64.of(42, "noise");
        random.longs(100).forEach(drawn -> {});
        SplitMix64 resumed = new SplitMix64(random.state());

        assertThat(LongStream.generate(resumed::nextLong).limit(100).toArray())
                .isEqualTo(LongStream.generate(random::nextLong).limit(100).toArray());
        assertThat(resumed.nextGaussian()).isEqualTo(random.nextGaussian());
        assertThat(resumed.nextDouble()).isEqualTo(random.nextDouble());
        assertThat(resumed.state()).isEqualTo(random.state());
    }

    @Test
    void neverChangesItsNumbers() {
        SplitMix64 random = SplitMix64.of(42, "noise", 3, 7);

        assertThat(LongStream.generate(random::nextLong).limit(3).toArray())
                .containsExactly(0x376556788e299f8aL, 0xf53f8eded87c83baL, 0x3a9a26f126741db6L);
        assertThat(IntStream.generate(() -> random.nextInt(1000)).limit(8).toArray())
                .containsExactly(788, 458, 669, 239, 595, 153, 698, 990);
    }

    @Test
    void differsBySeedNameAndEachCoordinate() {
        Set<Long> first = new HashSet<>();
        int generators = 0;
        for (long seed = 0; seed < 10; seed++) {
            for (String name : new String[] {"", "a", "b", "ab", "ba"}) {
                for (long epoch = -2; epoch < 10; epoch++) {
                    first.add(SplitMix64.of(seed, name, epoch).nextLong());
                    first.add(SplitMix64.of(seed, name, 0, epoch).nextLong());
                    first.add(SplitMix64.of(seed, name, epoch, 1).nextLong());
                    generators += 3;
                }
            }
        }
        int same = 10 * 5; // (0, 1) is in both of the last two kinds.

        assertThat(first).hasSize(generators - same);
    }

    @Test
    void numbersBelowABoundAreEquallyLikely() {
        SplitMix64 random = SplitMix64.of(1, "bound");
        int bound = 3 << 29; // Half of all 32-bit numbers would be rejected or biased.
        long[] thirds = new long[3];
        int draws = 300_000;
        for (int i = 0; i < draws; i++) {
            int drawn = random.nextInt(bound);
            assertThat(drawn).isBetween(0, bound - 1);
            thirds[drawn / (1 << 29)]++;
        }

        for (long third : thirds) {
            assertThat(third / (double) draws).isCloseTo(1 / 3.0, within(0.005));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> random.nextInt(0));
    }

    @Test
    void refusesAnEvenStep() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SplitMix64.State(1, 2))
                .withMessageContaining("odd");
    }
}
