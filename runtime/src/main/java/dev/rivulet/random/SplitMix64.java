package dev.rivulet.random;

import java.util.random.RandomGenerator;

/**
 * A random generator with 128 bits of state that can be read and set.
 *
 * <p>It is SplitMix64 (G. Steele, D. Lea, C. Flood, <i>Fast Splittable Pseudorandom Number Generators</i>, OOPSLA
 * 2014): a counter that advances by an odd constant, the gamma, and is mixed to give a number. It gives the same
 * numbers as {@link java.util.SplittableRandom} from the same state, but exposes the state. Its period is
 * 2<sup>64</sup>.
 *
 * <p>The numbers of {@link #nextLong()}, {@link #nextInt()} and {@link #nextInt(int)} never change between versions.
 * The other methods are inherited from {@link RandomGenerator}. No method uses other state.
 *
 * <p>Not thread-safe and not cryptographically secure.
 *
 * @since 0.1
 */
public final class SplitMix64 implements RandomGenerator {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final long LOW_32_BITS = 0xffffffffL;

    private long counter;
    private long gamma;

    /** Creates a generator that continues from a state. */
    public SplitMix64(State state) {
        set(state);
    }

    /**
     * Creates the generator of a name and coordinates, such as an epoch and a record's index: the same for the same
     * arguments, unrelated for others.
     *
     * @param seed the seed of the run
     * @param name the purpose of the numbers
     * @param coordinates the position in the run; none for a generator of the whole run
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

    /** The state from which {@link #SplitMix64(State)} continues with the same numbers. */
    public State state() {
        return new State(counter, gamma);
    }

    /** Continues from another state. */
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
            throw new IllegalArgumentException("The bound is " + bound + "; give at least 1.");
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

    /** An odd number with enough bit transitions. */
    private static long mixGamma(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        mixed = (mixed ^ (mixed >>> 33)) | 1;
        return Long.bitCount(mixed ^ (mixed >>> 1)) < 24 ? mixed ^ 0xaaaaaaaaaaaaaaaaL : mixed;
    }

    /**
     * The complete state of a generator. Immutable.
     *
     * @param counter advanced by the gamma, then mixed, for each number
     * @param gamma the increment of the counter; odd, so that the counter takes all values
     * @since 0.1
     */
    public record State(long counter, long gamma) {
        /** Checks that the gamma is odd. */
        public State {
            if ((gamma & 1) == 0) {
                throw new IllegalArgumentException("The gamma of a SplitMix64 generator is " + gamma
                        + ", but must be odd; the saved state is damaged.");
            }
        }
    }
}
