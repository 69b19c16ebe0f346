package dev.rivulet.internal.retention;

import static org.assertj.core.api.Assertions.fail;

import dev.rivulet.seed.Seed;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs a test with many seeds, starting with {@link Seed#VALUE}. */
final class RandomSequences {
    private RandomSequences() {}

    static void everySeed(int sequences, Consumer<Random> sequence) {
        for (long seed = Seed.VALUE; seed < Seed.VALUE + Seed.scaled(sequences); seed++) {
            try {
                sequence.accept(new Random(seed));
            } catch (RuntimeException | AssertionError failure) {
                fail("-Drivulet.seed=" + seed, failure);
            }
        }
    }

    /** An assertion whose message is created only if it fails, because there are millions. */
    static void check(boolean holds, Supplier<String> message) {
        if (!holds) {
            throw new AssertionError(message.get());
        }
    }
}
