package dev.rivulet;

import java.util.Arrays;
import java.util.SplittableRandom;

/** What may become of a file's bytes. */
enum Damage {
    BIT {
        @Override
        byte[] apply(byte[] file, byte[] other, SplittableRandom random) {
            byte[] damaged = file.clone();
            damaged[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
            return damaged;
        }
    },
    BURST {
        @Override
        byte[] apply(byte[] file, byte[] other, SplittableRandom random) {
            byte[] burst = new byte[random.nextInt(1, 65)];
            if (random.nextBoolean()) {
                random.nextBytes(burst); // Otherwise zeros, as of a block that was never written.
            }
            byte[] damaged = file.clone();
            System.arraycopy(burst, 0, damaged, random.nextInt(file.length - burst.length), burst.length);
            return damaged;
        }
    },
    TRUNCATION {
        @Override
        byte[] apply(byte[] file, byte[] other, SplittableRandom random) {
            return Arrays.copyOf(file, random.nextInt(file.length));
        }
    },
    HOLE_AT_THE_END {
        @Override
        byte[] apply(byte[] file, byte[] other, SplittableRandom random) {
            return Arrays.copyOf(Arrays.copyOf(file, random.nextInt(file.length)), file.length);
        }
    },
    SWAPPED_512 {
        @Override
        byte[] apply(byte[] file, byte[] other, SplittableRandom random) {
            return swapped(file, 512, random);
        }
    },
    SWAPPED_4096 {
        @Override
        byte[] apply(byte[] file, byte[] other, SplittableRandom random) {
            return swapped(file, 4096, random);
        }
    },
    ANOTHER_FILE {
        @Override
        byte[] apply(byte[] file, byte[] other, SplittableRandom random) {
            return other;
        }
    };

    /**
     * A damaged file; the same bytes if there is nothing to damage in this way.
     *
     * @param other another good file of the same kind
     */
    abstract byte[] apply(byte[] file, byte[] other, SplittableRandom random);

    private static byte[] swapped(byte[] file, int size, SplittableRandom random) {
        int blocks = file.length / size;
        byte[] damaged = file.clone();
        if (blocks > 1) {
            int first = size * random.nextInt(blocks);
            int second = size * random.nextInt(blocks);
            System.arraycopy(file, first, damaged, second, size);
            System.arraycopy(file, second, damaged, first, size);
        }
        return damaged;
    }
}
