package dev.rivulet.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.seed.Seed;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class Crc32Test {

    @Test
    void combinesTwoPartsToTheChecksumOfTheWhole() {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        for (int i = 0; i < 2000; i++) {
            byte[] whole = new byte[random.nextInt(random.nextBoolean() ? 20 : 5000)];
            random.nextBytes(whole);
            int split = random.nextInt(whole.length + 1);

            long joined =
                    Crc.CRC32.combine(crc32(whole, 0, split), crc32(whole, split, whole.length), whole.length - split);

            assertThat(joined)
                    .as("seed %s, iteration %s, %s of %s bytes", Seed.VALUE, i, split, whole.length)
                    .isEqualTo(crc32(whole, 0, whole.length));
        }
    }

    private static long crc32(byte[] bytes, int from, int to) {
        CRC32 crc = new CRC32();
        crc.update(bytes, from, to - from);
        return crc.getValue();
    }
}
