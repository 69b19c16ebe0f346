package dev.rivulet.processor;

import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** The seed of random tests and how much they try, by the same two properties as in the tests of {@code runtime}. */
final class Seed {
    /** What all that is random in a test depends on. */
    static final long VALUE = value(System.getProperty("rivulet.seed", "1"));

    private static final int SCALE = Integer.getInteger("rivulet.scale", 1);

    static {
        System.out.println("Random tests: " + hint());
    }

    private Seed() {}

    private static long value(String property) {
        return property.equals("random") ? new Random().nextLong() : Long.parseLong(property);
    }

    /** A number of attempts, scaled. */
    static int scaled(int count) {
        return Math.multiplyExact(count, SCALE);
    }

    /** Random numbers of a test's own. */
    static RandomGenerator generator(String test) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(VALUE ^ test.hashCode());
    }

    /** Options that repeat this run. */
    static String hint() {
        return "-Drivulet.seed=" + VALUE + " -Drivulet.scale=" + SCALE;
    }
}
