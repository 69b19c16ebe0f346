package dev.rivulet.seed;

import java.util.Random;

/**
 * The seed of random tests, and how much they try. Both are fixed, so that what passed once passes again; a campaign has
 * others:
 *
 * <pre>
 * mvn verify -Drivulet.seed=random -Drivulet.scale=100
 * </pre>
 *
 * <p>{@code -Drivulet.seed=…} repeats what failed. The seed is printed, and tests name it when they fail.
 */
public final class Seed {
    /** What all that is random in a test depends on. */
    public static final long VALUE = value(System.getProperty("rivulet.seed", "1"));

    /** How many times as much as by default is tried. */
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
