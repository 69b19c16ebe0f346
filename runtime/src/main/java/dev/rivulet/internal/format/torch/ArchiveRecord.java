package dev.rivulet.internal.format.torch;

/**
 * A stored entry of a zip file.
 *
 * @param name path including the folder
 * @param position of its data in the file
 * @param byteCount size of its data
 * @param crc32 the recorded CRC-32 of its data, in the low 32 bits; negative if the file has no checksums
 */
record ArchiveRecord(String name, long position, long byteCount, long crc32) {
    private static final long NONE = -1;

    static final String BYTE_ORDER = "byteorder";
    static final String VERSION = "version";
    static final String STORAGES = "data/";

    /** Entry in files of {@link TorchWriter}: the whole file must be exactly as that class writes it. */
    static final String MARKER = ".data/rivulet";

    /** Whether the file has a checksum of its data. */
    boolean hasChecksum() {
        return crc32 != NONE;
    }

    /** The entry of a file without checksums. */
    ArchiveRecord withoutChecksum() {
        return new ArchiveRecord(name, position, byteCount, NONE);
    }

    /** Position in the file after its data. */
    long end() {
        return position + byteCount;
    }
}
