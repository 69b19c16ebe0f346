package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a file is not what was written: its bytes do not have the checksum that it, or a manifest, says.
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
     * A damage.
     *
     * @param file name of the file
     * @param damage what differs, such as "the checksum of its data"
     * @param expected what the file, or a manifest, says
     * @param found what it holds
     */
    public DamagedFileException(String file, String damage, String expected, String found) {
        super(file + " is damaged: " + damage + " should be " + expected + " but is " + found
                + ". Its content cannot be relied on; use the newest good checkpoint before it, or copy the file again"
                + " from where it is intact.");
        this.file = file;
        this.damage = damage;
        this.expected = expected;
        this.found = found;
    }

    /** Name of the file. */
    public String file() {
        return file;
    }

    /** What differs, such as "the checksum of its data". */
    public String damage() {
        return damage;
    }

    /** What the file, or a manifest, says; a checksum has eight hexadecimal digits. */
    public String expected() {
        return expected;
    }

    /** What it holds. */
    public String found() {
        return found;
    }
}
