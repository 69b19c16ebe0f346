package dev.rivulet.internal.memory;

/** Arithmetic of the CRC-32 checksums of zip files, which the JDK computes as {@link java.util.zip.CRC32}. */
public final class Crc32 {
    private static final CrcPolynomial ZIP = new CrcPolynomial(0xEDB88320);

    private Crc32() {}

    /**
     * The checksum of two consecutive parts, computed from their checksums.
     *
     * @param first checksum of the first part, in the low 32 bits
     * @param second checksum of the second part
     * @param secondLength bytes of the second part
     * @return checksum of both, in the low 32 bits
     */
    public static long combine(long first, long second, long secondLength) {
        return ZIP.combine(first, second, secondLength);
    }
}
