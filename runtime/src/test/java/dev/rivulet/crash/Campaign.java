package dev.rivulet.crash;

import java.util.Random;

/**
 * How much the tests of this package try. A long campaign, of which every part prints its counts and its seed:
 *
 * <pre>{@code
 * mvn test -pl runtime -am -Dtest='dev.rivulet.crash.*Test' -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Drivulet.campaign=26 -Drivulet.campaign.seed=1
 * }</pre>
 */
final class Campaign {
    /** How many times as much as by default. */
    static final int SIZE = Integer.getInteger("rivulet.campaign", 1);

    /** What all that is random depends on. */
    static final long SEED = Long.getLong("rivulet.campaign.seed", System.nanoTime());

    private Campaign() {}

    /** Random numbers of a part's own. */
    static Random random(int part) {
        return new Random(SEED * 31 + part);
    }

    /** Says what was tried and found. */
    static void report(String counts) {
        System.out.println(counts + " (campaign " + SIZE + ", seed " + SEED + ")");
    }
}
