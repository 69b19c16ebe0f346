package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a file does not match its own checksums or those of a manifest.
 *
 * @since 0.1
 */
public final class DamagedFileException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String file;
    private final String damage;
    private final String expected;
    private final String found;

    /**
     * Describes the damage.
     *
     * @param file name of the file
     * @param damage the value that differs, such as "the checksum of its data"
     * @param expected the value recorded in the file or a manifest
     * @param found the value computed from the file
     */
    public DamagedFileException(String file, String damage, String expected, String found) {
        this(file, damage, expected, found, "");
    }

    /**
     * Describes the damage and another possible cause.
     *
     * @param cause a sentence; may be empty
     */
    public DamagedFileException(String file, String damage, String expected, String found, String cause) {
        super(file + " is damaged: " + damage + " should be " + expected + " but is " + found
                + ". Its content cannot be relied on; use the newest good checkpoint before it, or copy the file again"
                + " from where it is intact." + (cause.isEmpty() ? "" : " " + cause));
        this.file = file;
        this.damage = damage;
        this.expected = expected;
        this.found = found;
    }

    /** Name of the file. */
    public String file() {
        return file;
    }

    /** The value that differs, such as "the checksum of its data". */
    public String damage() {
        return damage;
    }

    /** The value recorded in the file or a manifest; a checksum has eight hexadecimal digits. */
    public String expected() {
        return expected;
    }

    /** The value computed from the file. */
    public String found() {
        return found;
    }
}
