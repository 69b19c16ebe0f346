package dev.rivulet.format;

/**
 * A stored entry of a zip file.
 *
 * @param name with its folder
 * @param position of its bytes in the file
 * @param byteCount its size
 * @param crc32 CRC-32 of its bytes as the file says, in the low 32 bits
 */
record ArchiveRecord(String name, long position, long byteCount, long crc32) {

    /** Where its bytes end in the file. */
    long end() {
        return position + byteCount;
    }

    /**
     * Compares the checksum of the bytes that were read with that in the file.
     *
     * @param file its name, for the message
     */
    void verify(String file, long read) throws DamagedFileException {
        if (read != crc32) {
            throw new DamagedFileException(
                    file,
                    "the checksum of \"" + PickleInput.shown(name) + "\"",
                    "%08x".formatted(crc32),
                    "%08x".formatted(read));
        }
    }
}
