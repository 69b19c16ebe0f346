package dev.rivulet.internal.memory;

/**
 * Arithmetic of reflected 32-bit CRCs: computes the checksum of concatenated parts from the checksums of the parts.
 *
 * <p>A CRC is a remainder of polynomials over GF(2), so appending n bytes multiplies the first part's by x to the power
 * 8n, modulo the CRC's polynomial. The powers come from a table of x to the powers of two. The method is that of Mark
 * Adler's {@code crc32_combine} in zlib 1.2.12 and later.
 *
 * @see <a href="https://github.com/madler/zlib/blob/master/crc32.c">crc32.c</a>
 */
public enum Crc {
    /** That of zip files, which the JDK computes as {@link java.util.zip.CRC32}. */
    CRC32(0xEDB88320),

    /** Castagnoli's, which the JDK computes as {@link java.util.zip.CRC32C}. */
    CRC32C(0x82F63B78);

    private static final int ONE = 1 << 31;

    private final int polynomial;

    /** Entry k is x to the power of 2^k; enough entries for any length in bits. */
    @SuppressWarnings("ImmutableEnumChecker") // Not changed once it is filled.
    private final int[] squares = new int[Long.SIZE + 3];

    /** A polynomial without its highest term; the highest bit is the coefficient of x to the power 0. */
    Crc(int polynomial) {
        this.polynomial = polynomial;
        squares[0] = 1 << 30;
        for (int k = 1; k < squares.length; k++) {
            squares[k] = multiply(squares[k - 1], squares[k - 1]);
        }
    }

    /**
     * The checksum of two consecutive parts, computed from their checksums.
     *
     * @param first checksum of the first part, in the low 32 bits
     * @param second checksum of the second part
     * @param secondLength bytes of the second part
     * @return checksum of both, in the low 32 bits
     */
    public long combine(long first, long second, long secondLength) {
        if (secondLength < 0) {
            throw new IllegalArgumentException("A part cannot have " + secondLength + " bytes.");
        }
        int shifted = multiply(powerOfBytes(secondLength), (int) first);
        return Integer.toUnsignedLong(shifted ^ (int) second);
    }

    /** x to the power of 8 times the count. */
    private int powerOfBytes(long count) {
        int power = ONE;
        int k = 3;
        for (long rest = count; rest != 0; rest >>>= 1, k++) {
            if ((rest & 1) != 0) {
                power = multiply(squares[k], power);
            }
        }
        return power;
    }

    private int multiply(int left, int right) {
        int product = 0;
        int multiple = right;
        for (int rest = left; rest != 0; rest <<= 1) {
            if (rest < 0) {
                product ^= multiple;
            }
            multiple = (multiple & 1) == 0 ? multiple >>> 1 : (multiple >>> 1) ^ polynomial;
        }
        return product;
    }
}
