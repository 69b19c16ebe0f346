package dev.rivulet.processor;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** The seed of random tests: {@code -Dseed=…}, or else of the moment. Tests name it when they fail. */
final class Seed {
    static final long VALUE = Long.getLong("seed", System.nanoTime());

    private Seed() {}

    /** A generator of numbers of its own for each test. */
    static RandomGenerator generator(String test) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(VALUE ^ test.hashCode());
    }

    static String hint() {
        return "rerun with -Dseed=" + VALUE;
    }
}
