package dev.rivulet.internal.format;

/**
 * The size and checksum of a file that was written.
 *
 * @param byteCount total bytes
 * @param crc32c CRC-32C (Castagnoli) of all bytes, in the low 32 bits
 */
public record WrittenFile(long byteCount, long crc32c) {}
