package dev.rivulet.checkpoint;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a file is not a PyTorch file that can be read safely. Nothing of it has been used.
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
     * A violation.
     *
     * @param file name of the file
     * @param rule what is violated
     * @param position where, in bytes: in data.pkl for the rules of pickles, else in the file
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

    /** The rule that is violated. */
    public TorchRule rule() {
        return rule;
    }

    /** Where, in bytes: in {@code data.pkl} if {@link TorchRule#isOfPickle}, else in the file. */
    public long position() {
        return position;
    }
}
