package dev.rivulet.internal.format.safetensors;

import dev.rivulet.checkpoint.DamagedFileException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * The two entries of {@code __metadata__} with the checksums of a file: {@code rivulet.crc32c.data}, the CRC-32C of
 * everything after the header, and {@code rivulet.crc32c.header}, the CRC-32C of the eight length bytes and the header
 * with its own digits set to zero. Each has eight lower-case hexadecimal digits.
 *
 * <p>A file with another entry that starts with {@code rivulet.} but without both of these is damaged, because no
 * version writes one without the other.
 */
final class ChecksumFields {
    static final String DATA = "rivulet.crc32c.data";
    static final String HEADER = "rivulet.crc32c.header";
    static final String UNKNOWN = "00000000";

    private static final String PREFIX = "rivulet.";

    private ChecksumFields() {}

    /** Whether the key is one of the two. */
    static boolean contains(String key) {
        return key.equals(DATA) || key.equals(HEADER);
    }

    /**
     * Writes the checksums into the start of a file, which has zeros for both.
     *
     * @param beginning length bytes and header
     */
    static void fill(byte[] beginning, long dataChecksum) {
        write(beginning, DATA, dataChecksum);
        write(beginning, HEADER, checksumOf(beginning, digits(beginning, HEADER).orElseThrow()));
    }

    private static void write(byte[] beginning, String field, long checksum) {
        byte[] hex = hex(checksum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(hex, 0, beginning, digits(beginning, field).orElseThrow(), hex.length);
    }

    /**
     * Checks the header's own checksum.
     *
     * @param metadata as read from the header, with the fields
     * @param origin another possible cause of a wrong checksum; may be empty
     * @return the data's checksum; empty if the file carries none
     * @throws DamagedFileException if the header's checksum is wrong, or a field is missing or malformed
     */
    static OptionalLong check(String file, byte[] beginning, Map<String, String> metadata, Supplier<String> origin)
            throws DamagedFileException {
        if (metadata.keySet().stream().noneMatch(key -> key.startsWith(PREFIX))) {
            return OptionalLong.empty();
        }
        long expected = parse(file, metadata, HEADER, origin);
        long data = parse(file, metadata, DATA, origin);
        int digits = digits(beginning, HEADER)
                .orElseThrow(() -> new DamagedFileException(
                        file,
                        "the entry " + HEADER + " of its header",
                        hex(expected),
                        "another spelling of it",
                        origin.get()));
        long found = checksumOf(beginning, digits);
        if (found != expected) {
            throw new DamagedFileException(file, "the checksum of its header", hex(expected), hex(found), origin.get());
        }
        return OptionalLong.of(data);
    }

    private static long parse(String file, Map<String, String> metadata, String field, Supplier<String> origin)
            throws DamagedFileException {
        String value = metadata.get(field);
        if (value == null || !value.matches("[0-9a-f]{8}")) {
            throw new DamagedFileException(
                    file,
                    "the entry " + field + " of its header",
                    "eight hexadecimal digits",
                    Optional.ofNullable(value).orElse("nothing"),
                    origin.get());
        }
        return Long.parseLong(value, 16);
    }

    /** The checksum as eight hexadecimal digits. */
    static String hex(long checksum) {
        return HexFormat.of().toHexDigits(checksum, 8);
    }

    private static long checksumOf(byte[] beginning, int digits) {
        byte[] zeros = UNKNOWN.getBytes(StandardCharsets.US_ASCII);
        CRC32C crc = new CRC32C();
        crc.update(beginning, 0, digits);
        crc.update(zeros);
        crc.update(beginning, digits + zeros.length, beginning.length - digits - zeros.length);
        return crc.getValue();
    }

    /**
     * The position of a field's digits. Quotes within names and values are escaped, so no string can be mistaken for a
     * field.
     */
    private static Optional<Integer> digits(byte[] beginning, String field) {
        byte[] key = ('"' + field + "\":\"").getBytes(StandardCharsets.US_ASCII);
        for (int from = SafetensorsHeader.LENGTH_BYTES;
                from + key.length + UNKNOWN.length() < beginning.length;
                from++) {
            if (beginning[from] == key[0] && Arrays.equals(beginning, from, from + key.length, key, 0, key.length)) {
                return Optional.of(from + key.length);
            }
        }
        return Optional.empty();
    }
}
