package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a file is not a valid safetensors file. Nothing of it has been used.
 *
 * @since 0.1
 */
public final class MalformedSafetensorsException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String file;
    private final SafetensorsRule rule;
    private final long position;

    /**
     * A violation.
     *
     * @param file name of the file
     * @param rule what is violated
     * @param position where in the file, in bytes from its beginning
     * @param detail what was found there, a sentence without its full stop
     */
    public MalformedSafetensorsException(String file, SafetensorsRule rule, long position, String detail) {
        super(file + " is not a valid safetensors file: at byte " + position + ", " + detail + " (rule " + rule + ": "
                + rule.statement() + "). It is damaged, incomplete or of another format; load another checkpoint or"
                + " write it again.");
        this.file = file;
        this.rule = rule;
        this.position = position;
    }

    /** Name of the file. */
    public String file() {
        return file;
    }

    /** The rule that is violated. */
    public SafetensorsRule rule() {
        return rule;
    }

    /** Where in the file, in bytes from its beginning. */
    public long position() {
        return position;
    }
}
