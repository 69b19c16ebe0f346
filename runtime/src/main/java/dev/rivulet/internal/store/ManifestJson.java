package dev.rivulet.internal.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The content of a manifest file: JSON as {@link ManifestWriter} documents it, whose last member is the CRC-32C of all
 * bytes before its digits. Bytes with a wrong checksum are not parsed.
 */
final class ManifestJson {
    /** Maximum size of a manifest in bytes. */
    static final int MAX_BYTES = 64 << 20;

    private static final byte[] BEFORE_DIGITS = "\"crc32c\":\"".getBytes(US_ASCII);
    private static final int DIGITS = 8;
    private static final byte[] AFTER_DIGITS = "\"}\n".getBytes(US_ASCII);
    private static final HexFormat HEX = HexFormat.of();

    private ManifestJson() {}

    /**
     * Encodes a manifest.
     *
     * @throws IllegalArgumentException if it violates a rule, so that it could not be read again
     */
    static byte[] encode(Manifest manifest) {
        String name = DirectoryLayout.manifestName(manifest.group());
        try {
            ManifestCheck.check(name, manifest);
            byte[] bytes = ManifestWriter.write(manifest, "0".repeat(DIGITS));
            checkSize(name, bytes);
            int digits = bytes.length - AFTER_DIGITS.length - DIGITS;
            System.arraycopy(checksum(bytes, digits), 0, bytes, digits, DIGITS);
            return bytes;
        } catch (MalformedManifestException e) {
            throw new IllegalArgumentException("This manifest could not be read again: " + e.getMessage(), e);
        }
    }

    /**
     * Decodes a manifest file.
     *
     * @param name the file's name, for messages
     * @throws MalformedManifestException if it violates a rule
     */
    static Manifest decode(String name, byte[] bytes) throws MalformedManifestException {
        checkSize(name, bytes);
        checkChecksum(name, bytes);
        Manifest manifest = ManifestReader.read(name, bytes);
        ManifestCheck.check(name, manifest);
        return manifest;
    }

    private static void checkSize(String name, byte[] bytes) throws MalformedManifestException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedManifestException(
                    name, ManifestRule.FILE_SIZE, "$", "the file has " + bytes.length + " bytes");
        }
    }

    private static void checkChecksum(String name, byte[] bytes) throws MalformedManifestException {
        int digits = bytes.length - AFTER_DIGITS.length - DIGITS;
        if (!hasAt(bytes, digits - BEFORE_DIGITS.length, BEFORE_DIGITS)
                || !hasAt(bytes, digits + DIGITS, AFTER_DIGITS)) {
            throw new MalformedManifestException(name, ManifestRule.END, "$", "the file has another ending");
        }
        if (!hasAt(bytes, digits, checksum(bytes, digits))) {
            throw new MalformedManifestException(
                    name,
                    ManifestRule.CHECKSUM,
                    "$.crc32c",
                    "the bytes before it have the checksum " + new String(checksum(bytes, digits), US_ASCII));
        }
    }

    private static byte[] checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return HEX.toHexDigits(crc.getValue(), DIGITS).getBytes(US_ASCII);
    }

    private static boolean hasAt(byte[] bytes, int from, byte[] expected) {
        return from >= 0 && Arrays.equals(bytes, from, from + expected.length, expected, 0, expected.length);
    }
}
