package dev.rivulet.internal.store;

import java.io.IOException;
import java.io.Serial;

/** Thrown when a file is not a valid manifest. No part of it has been used. */
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
     * @param rule the violated rule
     * @param location where in the manifest, such as {@code $.checkpoints[2].bytes}; {@code $} is the whole manifest,
     *     {@code byte 12} is a single byte
     * @param reason what was found there, a clause without a full stop
     */
    MalformedManifestException(String file, ManifestRule rule, String location, String reason) {
        super(file + " is not a valid manifest: at " + excerpt(location) + ", " + excerpt(reason) + " (rule " + rule
                + ": "
                + rule.statement() + "). It is damaged, incomplete or in another format. Its checkpoints cannot be"
                + " identified; use an earlier group.");
        this.file = file;
        this.rule = rule;
        this.location = excerpt(location);
        this.reason = excerpt(reason);
    }

    /** Name of the file. */
    public String file() {
        return file;
    }

    /** The violated rule. */
    public ManifestRule rule() {
        return rule;
    }

    /**
     * Where in the manifest, such as {@code $.checkpoints[2].bytes}; {@code $} is the whole manifest, {@code byte 12} a
     * single byte.
     */
    public String location() {
        return location;
    }

    /** What was found there, a clause without a full stop. */
    public String reason() {
        return reason;
    }

    /** Shortens a string from a damaged file, which may have any length and content. */
    private static String excerpt(String string) {
        String start = string.length() > MAX_EXCERPT ? string.substring(0, MAX_EXCERPT) + "…" : string;
        return start.replaceAll("[\\p{Cc}\\p{Cs}]", "?");
    }
}
