package dev.rivulet.tensor;

/**
 * Arithmetic of CRC-32C checksums: that of joined bytes from those of the parts, without looking at the bytes again.
 *
 * <p>A CRC is a remainder of polynomials over GF(2), so appending n bytes multiplies the first part's by x to the power
 * 8n, modulo the Castagnoli polynomial. The powers come from a table of x to the powers of two. The method is that of
 * Mark Adler's {@code crc32_combine} in zlib 1.2.12 and later.
 *
 * @see <a href="https://github.com/madler/zlib/blob/master/crc32.c">crc32.c</a>
 */
public final class Crc32c {
    /** The Castagnoli polynomial; the highest bit is the coefficient of x to the power 0. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private static final int ONE = 1 << 31;

    /** Entry k is x to the power of 2 to the k; as many as a length in bits can need. */
    private static final int[] SQUARES = squares();

    private Crc32c() {}

    /**
     * The checksum of two parts, one behind the other.
     *
     * @param first checksum of the first part, in the low 32 bits
     * @param second checksum of the second part
     * @param secondLength bytes of the second part
     * @return checksum of both, in the low 32 bits
     */
    public static long combine(long first, long second, long secondLength) {
        if (secondLength < 0) {
            throw new IllegalArgumentException("A part cannot have " + secondLength + " bytes.");
        }
        int shifted = multiply(powerOfBytes(secondLength), (int) first);
        return Integer.toUnsignedLong(shifted ^ (int) second);
    }

    /** x to the power of 8 times the count. */
    private static int powerOfBytes(long count) {
        int power = ONE;
        int k = 3;
        for (long rest = count; rest != 0; rest >>>= 1, k++) {
            if ((rest & 1) != 0) {
                power = multiply(SQUARES[k], power);
            }
        }
        return power;
    }

    private static int multiply(int left, int right) {
        int product = 0;
        int multiple = right;
        for (int rest = left; rest != 0; rest <<= 1) {
            if (rest < 0) {
                product ^= multiple;
            }
            multiple = (multiple & 1) == 0 ? multiple >>> 1 : (multiple >>> 1) ^ POLYNOMIAL;
        }
        return product;
    }

    private static int[] squares() {
        int[] squares = new int[Long.SIZE + 3];
        squares[0] = 1 << 30;
        for (int k = 1; k < squares.length; k++) {
            squares[k] = multiply(squares[k - 1], squares[k - 1]);
        }
        return squares;
    }
}
