package dev.rivulet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class PermutationTest {
    /** Computed by a second implementation of the algorithm. If this fails, resumed runs see other data. */
    @Test
    void neverChanges() {
        assertThat(Permutation.of(10, 42, 0)).containsExactly(3, 7, 6, 9, 4, 0, 5, 8, 1, 2);
        assertThat(Permutation.of(10, 42, 1)).containsExactly(9, 5, 8, 4, 2, 3, 6, 7, 0, 1);
        assertThat(Permutation.of(10, 43, 0)).containsExactly(0, 7, 5, 1, 9, 3, 8, 6, 2, 4);
        assertThat(crc32(Permutation.of(100_000, 7, 3))).isEqualTo(0x99818389L);
    }

    @Test
    void hasEveryRecordOnce() {
        for (int size : new int[] {0, 1, 2, 3, 1000}) {
            int[] sorted = Permutation.of(size, 1, 5);
            Arrays.sort(sorted);
            assertThat(sorted).isEqualTo(IntStream.range(0, size).toArray());
        }
    }

    /** DJL's own shuffle gives only 6 of the 24, none of which leaves a record in its position. */
    @Test
    void everyPermutationIsEquallyLikely() {
        Map<String, Integer> seen = new HashMap<>();
        int epochs = 24 * 2000;
        for (int epoch = 0; epoch < epochs; epoch++) {
            seen.merge(Arrays.toString(Permutation.of(4, 42, epoch)), 1, Integer::sum);
        }

        assertThat(seen).hasSize(24);
        assertThat(seen.values())
                .allSatisfy(count -> assertThat(count / (double) epochs).isCloseTo(1 / 24.0, within(0.004)));
    }

    private static long crc32(int[] order) {
        ByteBuffer bytes = ByteBuffer.allocate(order.length * Integer.BYTES);
        bytes.asIntBuffer().put(order);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
