package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a file cannot be read safely as a PyTorch file. None of its content is used.
 *
 * @since 0.1
 */
public final class MalformedTorchFileException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String file;
    private final TorchRule rule;
    private final long position;

    /**
     * Describes the violation.
     *
     * @param file name of the file
     * @param rule the violated rule
     * @param position byte offset, in data.pkl for pickle rules, else in the file
     * @param detail what was found there, a sentence without its full stop
     */
    public MalformedTorchFileException(String file, TorchRule rule, long position, String detail) {
        super(file + " cannot be read as a PyTorch file: at byte " + position
                + (rule.isOfPickle() ? " of data.pkl" : "") + ", " + detail + " (rule " + rule + ": " + rule.statement()
                + "). " + rule.remedy());
        this.file = file;
        this.rule = rule;
        this.position = position;
    }

    /** Name of the file. */
    public String file() {
        return file;
    }

    /** The violated rule. */
    public TorchRule rule() {
        return rule;
    }

    /** Byte offset of the violation, in {@code data.pkl} if {@link TorchRule#isOfPickle}, else in the file. */
    public long position() {
        return position;
    }
}
