package dev.rivulet.internal.format.torch;

/**
 * A stored entry of a zip file.
 *
 * @param name path including the folder
 * @param position of its data in the file
 * @param byteCount size of its data
 * @param crc32 the recorded CRC-32 of its data, in the low 32 bits
 */
record ArchiveRecord(String name, long position, long byteCount, long crc32) {

    /** Position in the file after its data. */
    long end() {
        return position + byteCount;
    }
}
