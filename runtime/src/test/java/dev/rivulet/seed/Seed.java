package dev.rivulet.seed;

import java.util.Random;

/**
 * The seed and the scale of random tests. Both are fixed, so that tests are repeatable; a campaign sets others:
 *
 * <pre>
 * mvn verify -Drivulet.seed=random -Drivulet.scale=100
 * </pre>
 *
 * <p>{@code -Drivulet.seed=…} repeats a failure. The seed is printed, and failing tests name it.
 */
public final class Seed {
    /** Seed of all random numbers in tests. */
    public static final long VALUE = value(System.getProperty("rivulet.seed", "1"));

    /** Factor by which the default number of attempts is multiplied. */
    public static final int SCALE = Integer.getInteger("rivulet.scale", 1);

    static {
        System.out.println("Random tests: " + hint());
    }

    private Seed() {}

    private static long value(String property) {
        return property.equals("random") ? new Random().nextLong() : Long.parseLong(property);
    }

    /** A number of attempts, scaled. */
    public static int scaled(int count) {
        return Math.multiplyExact(count, SCALE);
    }

    /** Options that repeat this run. */
    public static String hint() {
        return "-Drivulet.seed=" + VALUE + " -Drivulet.scale=" + SCALE;
    }
}
