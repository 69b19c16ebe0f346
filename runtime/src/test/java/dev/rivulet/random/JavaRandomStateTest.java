package dev.rivulet.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.SecureRandom;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JavaRandomStateTest {
    private final Random random = new Random(42);

    @Test
    void readsTheStateWithoutChangingIt() {
        JavaRandomState state = JavaRandomState.of(random);

        assertThat(state.seed()).isEqualTo(42 ^ 0x5DEECE66DL);
        assertThat(state.pendingGaussian()).isEmpty();
        assertThat(random.nextLong()).isEqualTo(new Random(42).nextLong());
    }

    /** Draws between the first number of a normal pair and the capture; the pair may take several attempts. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 1000, 1_000_000})
    void restoresAPendingNormalNumber(int draws) {
        for (int pairs = 0; pairs < 20; pairs++) {
            random.nextGaussian();
            random.ints(draws).forEach(drawn -> {});
            JavaRandomState state = JavaRandomState.of(random);
            assertThat(state.pendingGaussian()).isPresent();
            Random resumed = new Random();

            assertThat(state.restoreTo(resumed)).isTrue();

            assertThat(JavaRandomState.of(resumed)).isEqualTo(state);
            assertThat(resumed.nextInt()).isEqualTo(random.nextInt());
            assertThat(resumed.nextGaussian()).isEqualTo(random.nextGaussian());
            assertThat(resumed.nextGaussian()).isEqualTo(random.nextGaussian());
            random.nextGaussian();
        }
    }

    @Test
    void reportsThatAPendingNormalNumberIsNotFound() {
        JavaRandomState state = new JavaRandomState(42, OptionalDouble.of(1.25));

        assertThat(state.restoreTo(random)).isFalse();
        assertThat(JavaRandomState.of(random)).isEqualTo(new JavaRandomState(42, OptionalDouble.empty()));
    }

    @Test
    void refusesInvalidStates() {
        assertThatIllegalArgumentException().isThrownBy(() -> new JavaRandomState(1L << 48, OptionalDouble.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JavaRandomState.of(new SecureRandom()))
                .withMessageContaining("SecureRandom");
    }
}
