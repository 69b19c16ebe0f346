package dev.rivulet.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.seed.Seed;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class ManifestDamageTest {
    private static final int COUNT = Seed.scaled(20_000);
    private static final int BLOCK = 512;

    private final SplittableRandom random = new SplittableRandom(Seed.VALUE);
    private final RandomManifests manifests = new RandomManifests(random.split());

    @Test
    void everyFlippedBitIsDetected() {
        byte[] file = ManifestJson.encode(ManifestJsonTest.example());
        for (int bit = 0; bit < 8 * file.length; bit++) {
            byte[] damaged = file.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(damaged, bit);
        }
    }

    @Test
    void everyTruncationIsDetected() {
        byte[] file = ManifestJson.encode(ManifestJsonTest.example());
        for (int length = 0; length < file.length; length++) {
            assertRefused(Arrays.copyOf(file, length), length);
        }
    }

    @Test
    void burstsTruncationsAndSwappedBlocksAreDetected() {
        byte[] file = file();
        for (int i = 0; i < COUNT; i++) {
            if (i % 100 == 0) {
                file = file();
            }
            byte[] damaged = switch (i % 4) {
                case 0 -> bitFlipped(file);
                case 1 -> overwritten(file);
                case 2 -> truncated(file);
                default -> swapped(file);
            };
            if (!Arrays.equals(damaged, file)) {
                assertRefused(damaged, i);
            }
        }
    }

    /** A file of several blocks. */
    private byte[] file() {
        byte[] file;
        do {
            file = ManifestJson.encode(manifests.next(random.nextLong(1, 1L << 40), random.nextInt(2, 12)));
        } while (file.length < 2 * BLOCK);
        return file;
    }

    private byte[] bitFlipped(byte[] file) {
        byte[] damaged = file.clone();
        damaged[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
        return damaged;
    }

    private byte[] overwritten(byte[] file) {
        byte[] burst = new byte[random.nextInt(1, 65)];
        if (random.nextBoolean()) {
            random.nextBytes(burst); // Otherwise zeros, like a block that was never written.
        }
        byte[] damaged = file.clone();
        System.arraycopy(burst, 0, damaged, random.nextInt(file.length - burst.length), burst.length);
        return damaged;
    }

    private byte[] truncated(byte[] file) {
        int length = random.nextInt(file.length);
        return random.nextBoolean()
                ? Arrays.copyOf(file, length)
                : Arrays.copyOf(Arrays.copyOf(file, length), file.length); // Zeros at the end.
    }

    private byte[] swapped(byte[] file) {
        int blocks = file.length / BLOCK;
        int first = BLOCK * random.nextInt(blocks);
        int second = BLOCK * random.nextInt(blocks);
        byte[] damaged = file.clone();
        System.arraycopy(file, first, damaged, second, BLOCK);
        System.arraycopy(file, second, damaged, first, BLOCK);
        return damaged;
    }

    private static void assertRefused(byte[] damaged, int number) {
        MalformedManifestException refusal = null;
        try {
            ManifestJson.decode("damaged", damaged);
        } catch (MalformedManifestException e) {
            refusal = e;
        }
        assertThat(refusal)
                .as(() -> "seed " + Seed.VALUE + ", damage " + number + ": "
                        + HexFormat.of().formatHex(damaged))
                .isNotNull();
    }
}
