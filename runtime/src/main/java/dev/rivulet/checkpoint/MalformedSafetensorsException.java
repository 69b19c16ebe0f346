package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a file is not a valid safetensors file. None of its content is used.
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
     * Describes the violation.
     *
     * @param file name of the file
     * @param rule the violated rule
     * @param position byte offset in the file
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

    /** The violated rule. */
    public SafetensorsRule rule() {
        return rule;
    }

    /** Byte offset of the violation in the file. */
    public long position() {
        return position;
    }
}
