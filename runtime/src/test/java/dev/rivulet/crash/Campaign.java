package dev.rivulet.crash;

import dev.rivulet.seed.Seed;
import java.util.Random;

/**
 * The scale of the tests in this package. To run a long campaign, in which every part prints its counts and its seed:
 *
 * <pre>{@code
 * mvn test -pl runtime -am -Dtest='dev.rivulet.crash.*Test' -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Drivulet.scale=26 -Drivulet.seed=random
 * }</pre>
 */
final class Campaign {
    /** Multiple of the default scale. */
    static final int SIZE = Seed.SCALE;

    private Campaign() {}

    /** A random number generator for one part. */
    static Random random(int part) {
        return new Random(Seed.VALUE * 31 + part);
    }

    /** Reports the counts of a part. */
    static void report(String counts) {
        System.out.println(counts + " (" + Seed.hint() + ")");
    }
}
