package dev.rivulet.internal.format.torch;

/**
 * A stored entry of a zip file.
 *
 * @param name with its folder
 * @param position of its bytes in the file
 * @param byteCount its size
 * @param crc32 CRC-32 of its bytes as the file says, in the low 32 bits
 */
record ArchiveRecord(String name, long position, long byteCount, long crc32) {
    static final String BYTE_ORDER = "byteorder";
    static final String VERSION = "version";
    static final String STORAGES = "data/";

    /** In files of {@link TorchWriter}, which says that all of the file is as that writes it. */
    static final String MARKER = ".data/rivulet";

    /** Where its bytes end in the file. */
    long end() {
        return position + byteCount;
    }
}
