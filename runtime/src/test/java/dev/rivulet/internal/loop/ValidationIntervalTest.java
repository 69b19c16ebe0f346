package dev.rivulet.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ValidationIntervalTest {

    @Test
    void fractionIsRoundedDownToAtLeastOneBatch() {
        assertThat(new ValidationInterval.Fraction(0.5).batches(7)).isEqualTo(3);
        assertThat(new ValidationInterval.Fraction(0.1).batches(7)).isEqualTo(1);
    }

    @Test
    void fractionOfAnEpochOfUnknownLengthIsNeverReached() {
        assertThat(new ValidationInterval.Fraction(0.5).batches(0)).isEqualTo(Long.MAX_VALUE);
        assertThat(new ValidationInterval.Batches(3).batches(0)).isEqualTo(3);
    }
}
