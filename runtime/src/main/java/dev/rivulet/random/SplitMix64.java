package dev.rivulet.random;

import java.util.random.RandomGenerator;

/**
 * A random generator of 128 bits of state, which can be read and set.
 *
 * <p>It is SplitMix64 (G. Steele, D. Lea, C. Flood, <i>Fast Splittable Pseudorandom Number Generators</i>, OOPSLA
 * 2014): a counter that advances by an odd constant, the gamma, and whose value is mixed. It gives the same numbers as
 * {@link java.util.SplittableRandom} from the same state, but shows that state. Its period is 2<sup>64</sup>.
 *
 * <p>{@link #nextLong()}, {@link #nextInt()} and {@link #nextInt(int)} give the same numbers for ever; the other methods are those of
 * {@link RandomGenerator}, as the JDK defines them. None keeps anything beside the state.
 *
 * <p>For one thread at a time, and nothing for secrets.
 */
public final class SplitMix64 implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final long LOW_32_BITS = 0xffffffffL;

    private long counter;
    private long gamma;

    /** A generator that goes on from a state. */
    public SplitMix64(State state) {
        set(state);
    }

    /**
     * The generator of a name and of coordinates, such as an epoch and a record's index: always the same for the same
     * arguments, unrelated for others.
     *
     * @param seed the seed of the run
     * @param name what the numbers are for
     * @param coordinates where in the run they are used; none for one generator that serves the whole run
     */
    public static SplitMix64 of(long seed, String name, long... coordinates) {
        long hash = mix(seed + GOLDEN_GAMMA);
        for (int i = 0; i < name.length(); i++) {
            hash = absorb(hash, name.charAt(i));
        }
        hash = absorb(hash, name.length());
        for (long coordinate : coordinates) {
            hash = absorb(hash, coordinate);
        }
        long next = hash + GOLDEN_GAMMA;
        return new SplitMix64(new State(mix(next), mixGamma(next + GOLDEN_GAMMA)));
    }

    /** The state from which {@link #SplitMix64(State)} goes on with the same numbers. */
    public State state() {
        return new State(counter, gamma);
    }

    /** Goes on from another state. */
    void set(State state) {
        counter = state.counter();
        gamma = state.gamma();
    }

    @Override
    public long nextLong() {
        counter += gamma;
        return mix(counter);
    }

    /** The upper half of {@link #nextLong()}. */
    @Override
    public int nextInt() {
        return (int) (nextLong() >>> 32);
    }

    /**
     * A number below the bound, each equally likely: D. Lemire, <i>Fast Random Integer Generation in an Interval</i>,
     * 2019.
     *
     * @throws IllegalArgumentException if the bound is not positive
     */
    @Override
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("A number below " + bound + " was asked for; the bound is at least 1.");
        }
        long product = (nextLong() >>> 32) * bound;
        if ((product & LOW_32_BITS) < bound) {
            long rejected = (1L << 32) % bound;
            while ((product & LOW_32_BITS) < rejected) {
                product = (nextLong() >>> 32) * bound;
            }
        }
        return (int) (product >>> 32);
    }

    private static long absorb(long hash, long value) {
        return mix((hash ^ value) + GOLDEN_GAMMA);
    }

    /** Stafford's thirteenth variant of MurmurHash3's finalizer. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** An odd number whose neighbouring bits differ often enough. */
    private static long mixGamma(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        mixed = (mixed ^ (mixed >>> 33)) | 1;
        return Long.bitCount(mixed ^ (mixed >>> 1)) < 24 ? mixed ^ 0xaaaaaaaaaaaaaaaaL : mixed;
    }

    /**
     * All that the next numbers depend on.
     *
     * @param counter what is mixed, after the next step
     * @param gamma the step; odd, or some numbers never occur
     */
    public record State(long counter, long gamma) {
        /** Checks the step. */
        public State {
            if ((gamma & 1) == 0) {
                throw new IllegalArgumentException(
                        "A SplitMix64 generator advances by an odd number, not by " + gamma + ".");
            }
        }
    }
}
