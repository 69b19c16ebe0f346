package dev.rivulet.internal.store;

import java.io.IOException;
import java.io.Serial;

/** Thrown when a file is not a valid manifest. Nothing of it has been used. */
public final class MalformedManifestException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MAX_EXCERPT = 200;

    private final String file;
    private final ManifestRule rule;
    private final String location;
    private final String reason;

    /**
     * A violation.
     *
     * @param file name of the file
     * @param rule what is violated
     * @param location where in the manifest, such as {@code $.checkpoints[2].bytes}; {@code $} is all of it,
     *     {@code byte 12} is one of its bytes
     * @param reason what was found there, a clause without its full stop
     */
    MalformedManifestException(String file, ManifestRule rule, String location, String reason) {
        super(file + " is not a valid manifest: at " + excerpt(location) + ", " + excerpt(reason) + " (rule " + rule + ": "
                + rule.statement() + "). It is damaged, incomplete or of another format; its checkpoints cannot be told"
                + " from others, use an earlier group.");
        this.file = file;
        this.rule = rule;
        this.location = excerpt(location);
        this.reason = excerpt(reason);
    }

    /** Name of the file. */
    public String file() {
        return file;
    }

    /** The rule that is violated. */
    public ManifestRule rule() {
        return rule;
    }

    /** Where in the manifest, such as {@code $.checkpoints[2].bytes}; {@code $} is all of it, {@code byte 12} one byte. */
    public String location() {
        return location;
    }

    /** What was found there, a clause without its full stop. */
    public String reason() {
        return reason;
    }

    /** What a damaged file holds may be of any length and any content. */
    private static String excerpt(String string) {
        String start = string.length() > MAX_EXCERPT ? string.substring(0, MAX_EXCERPT) + "…" : string;
        return start.replaceAll("[\\p{Cc}\\p{Cs}]", "?");
    }
}
