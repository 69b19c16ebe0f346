package dev.rivulet.crash;

import dev.rivulet.seed.Seed;
import java.util.Random;

/**
 * How much the tests of this package try. A long campaign, of which every part prints its counts and its seed:
 *
 * <pre>{@code
 * mvn test -pl runtime -am -Dtest='dev.rivulet.crash.*Test' -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Drivulet.scale=26 -Drivulet.seed=random
 * }</pre>
 */
final class Campaign {
    /** How many times as much as by default. */
    static final int SIZE = Seed.SCALE;

    private Campaign() {}

    /** Random numbers of a part's own. */
    static Random random(int part) {
        return new Random(Seed.VALUE * 31 + part);
    }

    /** Says what was tried and found. */
    static void report(String counts) {
        System.out.println(counts + " (" + Seed.hint() + ")");
    }
}
