package dev.rivulet.internal.format;

/**
 * What was written to a channel.
 *
 * @param byteCount bytes in all
 * @param crc32c CRC-32C (Castagnoli) of all of them, in the low 32 bits
 */
public record WrittenFile(long byteCount, long crc32c) {}
