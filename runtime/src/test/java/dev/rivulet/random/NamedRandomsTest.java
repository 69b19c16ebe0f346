package dev.rivulet.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class NamedRandomsTest {
    private final NamedRandoms randoms = new NamedRandoms(42);

    @Test
    void aGeneratorDoesNotDependOnOthers() {
        RandomGenerator noise = new NamedRandoms(42).generator("noise");
        randoms.generator("crop").nextLong();

        assertThat(randoms.generator("noise").nextLong()).isEqualTo(noise.nextLong());
        assertThat(randoms.generator("noise").nextLong()).isEqualTo(noise.nextLong());
    }

    @Test
    void restoresGeneratorsInUse() {
        RandomGenerator noise = randoms.generator("noise");
        noise.nextLong();
        Map<String, SplitMix64.State> states = randoms.capture();
        long expected = noise.nextLong();
        noise.nextLong();

        randoms.restore(states);

        assertThat(noise.nextLong()).isEqualTo(expected);
    }

    @Test
    void restoresGeneratorsBeforeTheirFirstUse() {
        randoms.generator("noise").nextLong();
        NamedRandoms resumed = new NamedRandoms(42);

        resumed.restore(randoms.capture());

        assertThat(resumed.generator("noise").nextLong())
                .isEqualTo(randoms.generator("noise").nextLong());
        assertThat(resumed.capture()).isEqualTo(randoms.capture());
    }

    @Test
    void resetsAGeneratorWithoutSavedState() {
        long first = randoms.generator("late").nextLong();

        randoms.restore(Map.of());

        assertThat(randoms.generator("late").nextLong()).isEqualTo(first);
    }

    @Test
    void aPositionInTheRunHasItsOwnNumbers() {
        long drawn = randoms.generatorAt("crop", 1, 5).nextLong();

        assertThat(randoms.generatorAt("crop", 1, 5).nextLong()).isEqualTo(drawn);
        assertThat(randoms.generatorAt("crop", 1, 6).nextLong()).isNotEqualTo(drawn);
        assertThat(randoms.generatorAt("crop", 5, 1).nextLong()).isNotEqualTo(drawn);
        assertThat(randoms.capture()).isEmpty();
    }
}
