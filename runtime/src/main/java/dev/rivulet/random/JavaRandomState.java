package dev.rivulet.random;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.OptionalDouble;
import java.util.Random;

/**
 * The state of a {@link Random}, such as DJL's shared {@code RandomUtils.RANDOM}. Immutable.
 *
 * <p>It is read from the serialized form, which the JDK specifies: 48 bits of a linear congruential generator, and the
 * second normal number if {@code nextGaussian} has computed two and returned one.
 *
 * @param seed the 48 bits, as the generator holds them (not as {@link Random#setSeed} takes them)
 * @param pendingGaussian the result of the next call of {@code nextGaussian}, if already computed
 * @since 0.1
 */
public record JavaRandomState(long seed, OptionalDouble pendingGaussian) {
    private static final long MULTIPLIER = 0x5DEECE66DL;
    private static final long ADDEND = 0xBL;
    private static final long MASK = (1L << 48) - 1;

    /** The inverse of the multiplier modulo 2^48. */
    private static final long INVERSE = 0xDFE05BCB1365L;

    /** Draws from the generator for one attempt at a pair of normal numbers. */
    private static final int DRAWS_PER_PAIR = 4;

    /** The search for the origin of a pending normal number takes half a second at most. */
    private static final int MAX_DRAWS_BACK = 1 << 24;

    /** The fields in the order of their names: a boolean, a double, a long, and the end-of-object mark. */
    private static final int SERIALIZED_FIELDS = 1 + Double.BYTES + Long.BYTES + 1;

    /** Checks the seed. */
    public JavaRandomState {
        if ((seed & ~MASK) != 0) {
            throw new IllegalArgumentException("The state of a java.util.Random has 48 bits, but the saved one is 0x"
                    + Long.toHexString(seed) + "; the checkpoint's entry is damaged.");
        }
    }

    /**
     * Reads the state of a generator without changing it.
     *
     * @throws IllegalArgumentException for a subclass, whose state may differ
     */
    public static JavaRandomState of(Random random) {
        if (random.getClass() != Random.class) {
            throw new IllegalArgumentException(
                    "The state of a " + random.getClass().getName() + " cannot be read; use java.util.Random itself.");
        }
        ByteBuffer fields = serializedFields(random);
        boolean pending = fields.get() != 0;
        double gaussian = fields.getDouble();
        return new JavaRandomState(fields.getLong(), pending ? OptionalDouble.of(gaussian) : OptionalDouble.empty());
    }

    private static ByteBuffer serializedFields(Random random) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(random);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(bytes.toByteArray(), bytes.size() - SERIALIZED_FIELDS, SERIALIZED_FIELDS);
    }

    /**
     * Sets a generator to continue with the same numbers.
     *
     * <p>A pending normal number cannot be set directly. It is recomputed from the seed that produced it, which is
     * searched backwards from the saved one. The search fails if more than 16 million numbers were drawn since.
     *
     * @return false if a pending normal number could not be restored; everything else is restored in any case
     */
    public boolean restoreTo(Random random) {
        setSeed(random, seed);
        if (pendingGaussian.isEmpty()) {
            return true;
        }
        long origin = seed;
        for (int draws = 1; draws <= MAX_DRAWS_BACK; draws++) {
            origin = before(origin);
            if (draws >= DRAWS_PER_PAIR && makesPending(origin)) {
                setSeed(random, origin);
                random.nextGaussian();
                random.ints((long) draws - DRAWS_PER_PAIR).forEach(drawn -> {});
                return true;
            }
        }
        return false;
    }

    /** Whether the pair of normal numbers from this seed ends with the pending one. Polar method, as in Random. */
    private boolean makesPending(long origin) {
        long first = after(origin);
        long second = after(first);
        long third = after(second);
        double x = 2 * unit(first, second) - 1;
        double y = 2 * unit(third, after(third)) - 1;
        double square = x * x + y * y;
        return square > 0
                && square < 1
                && y * StrictMath.sqrt(-2 * StrictMath.log(square) / square) == pendingGaussian.getAsDouble();
    }

    private static double unit(long high, long low) {
        return ((high >>> 22 << 27) + (low >>> 21)) * 0x1.0p-53;
    }

    private static long after(long seed) {
        return (seed * MULTIPLIER + ADDEND) & MASK;
    }

    private static long before(long seed) {
        return ((seed - ADDEND) * INVERSE) & MASK;
    }

    /** Random scrambles a seed; this applies the inverse first. */
    private static void setSeed(Random random, long seed) {
        random.setSeed(seed ^ MULTIPLIER);
    }
}
