package dev.rivulet.internal.memory;

/** Arithmetic of CRC-32C checksums (Castagnoli), which the JDK computes as {@link java.util.zip.CRC32C}. */
public final class Crc32c {
    private static final CrcPolynomial CASTAGNOLI = new CrcPolynomial(0x82F63B78);

    private Crc32c() {}

    /**
     * The checksum of two consecutive parts, computed from their checksums.
     *
     * @param first checksum of the first part, in the low 32 bits
     * @param second checksum of the second part
     * @param secondLength bytes of the second part
     * @return checksum of both, in the low 32 bits
     */
    public static long combine(long first, long second, long secondLength) {
        return CASTAGNOLI.combine(first, second, secondLength);
    }
}
