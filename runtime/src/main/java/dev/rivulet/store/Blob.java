package dev.rivulet.store;

/**
 * A checkpoint's file that is written and durable, but not committed.
 *
 * @param file path that it will have in the directory
 * @param blob name that it has in the framework's own folder until then
 * @param bytes size of the file
 * @param crc32c CRC-32C of the whole file, in the low 32 bits
 */
public record Blob(String file, String blob, long bytes, long crc32c) {}
