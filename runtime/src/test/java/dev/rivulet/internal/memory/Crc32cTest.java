package dev.rivulet.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.seed.Seed;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class Crc32cTest {

    @Test
    void combinesTwoPartsToTheChecksumOfTheWhole() {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        for (int i = 0; i < 2000; i++) {
            byte[] whole = new byte[random.nextInt(random.nextBoolean() ? 20 : 5000)];
            random.nextBytes(whole);
            int split = random.nextInt(whole.length + 1);

            long joined = Crc.CRC32C.combine(
                    crc32c(whole, 0, split), crc32c(whole, split, whole.length), whole.length - split);

            assertThat(joined)
                    .as("seed %s, iteration %s, %s of %s bytes", Seed.VALUE, i, split, whole.length)
                    .isEqualTo(crc32c(whole, 0, whole.length));
        }
    }

    /** Doubles a run of zeros up to lengths that could not be processed byte by byte. */
    @Test
    void holdsForLengthsBeyondTwoGibibytes() {
        long zeros = crc32c(new byte[1], 0, 1);
        long expected = crc32c(new byte[] {7}, 0, 1);
        for (int power = 0; power < 60; power++) {
            long length = 1L << power;
            long inOneStep = Crc.CRC32C.combine(expected, Crc.CRC32C.combine(zeros, zeros, length), 2 * length);
            long inTwoSteps = Crc.CRC32C.combine(Crc.CRC32C.combine(expected, zeros, length), zeros, length);
            assertThat(inOneStep).as("2^%s zeros twice", power).isEqualTo(inTwoSteps);
            zeros = Crc.CRC32C.combine(zeros, zeros, length);
        }
    }

    @Test
    void refusesNegativeLengths() {
        assertThatThrownBy(() -> Crc.CRC32C.combine(0, 0, -1)).hasMessageContaining("-1 bytes");
    }

    private static long crc32c(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return crc.getValue();
    }
}
