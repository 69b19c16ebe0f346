package dev.rivulet.stream;

import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs a test with many seeds, or with the one of {@code -Drivulet.seed=N}. */
final class RandomSequences {
    private RandomSequences() {}

    static void everySeed(int sequences, Consumer<Random> sequence) {
        long given = Long.getLong("rivulet.seed", 0);
        long first = given == 0 ? new Random().nextLong() : given;
        for (long seed = first; seed < first + (given == 0 ? sequences : 1); seed++) {
            try {
                sequence.accept(new Random(seed));
            } catch (RuntimeException | AssertionError failure) {
                fail("-Drivulet.seed=" + seed, failure);
            }
        }
    }

    /** An assertion whose text is made only when it fails: there are millions. */
    static void check(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }
}
