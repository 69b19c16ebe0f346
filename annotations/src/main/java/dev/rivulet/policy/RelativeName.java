package dev.rivulet.policy;

import java.util.HexFormat;
import java.util.Optional;

/**
 * The rule that keeps names of files inside the directory they belong to: relative, portable, and never upwards.
 *
 * @since 0.1
 */
public final class RelativeName {
    /** Directory of manifests and temporary files in every run's checkpoint directory. */
    private static final String RESERVED = ".rivulet";

    private RelativeName() {}

    /** What is wrong with a name of segments joined by {@code /}, with the remedy; empty if it is safe. */
    public static Optional<String> problem(String name) {
        int unsafe = unsafeCharacter(name);
        if (unsafe >= 0) {
            return Optional.of(
                    name.charAt(unsafe) == '\\'
                            ? "a backslash is not portable in names; write '/' between folder and file."
                            : "a control character or broken surrogate (U+"
                                    + HexFormat.of().withUpperCase().toHexDigits(name.charAt(unsafe))
                                    + ") is not allowed in a name; remove it.");
        }
        if (name.startsWith("/") || hasDrive(name) || name.contains("://")) {
            return Optional.of("an absolute path or URL leads outside the run's directory; write a relative name.");
        }
        int start = 0;
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', start)) {
            Optional<String> problem = problemOfSegment(name.substring(start, slash));
            if (problem.isPresent()) {
                return problem;
            }
            start = slash + 1;
        }
        return problemOfSegment(name.substring(start));
    }

    private static boolean hasDrive(String name) {
        return name.length() > 1
                && name.charAt(1) == ':'
                && "abcdefghijklmnopqrstuvwxyz".indexOf(name.charAt(0) | 0x20) >= 0;
    }

    private static Optional<String> problemOfSegment(String segment) {
        if (segment.isEmpty()) {
            return Optional.of("a part before, between or after '/' is empty; remove the surplus '/'.");
        }
        if (segment.equals("..") || segment.equals(".")) {
            return Optional.of("\"" + segment + "\" may lead outside the run's directory; name the folder itself.");
        }
        return segment.equalsIgnoreCase(RESERVED)
                ? Optional.of("\"" + RESERVED + "\" holds the manifests; use another folder.")
                : Optional.empty();
    }

    private static int unsafeCharacter(String name) {
        for (int i = 0; i < name.length(); i++) {
            char character = name.charAt(i);
            if (character >= ' ' && character <= '~' && character != '\\') {
                continue; // Most names have no others.
            }
            boolean pairStart = Character.isHighSurrogate(character)
                    && i + 1 < name.length()
                    && Character.isLowSurrogate(name.charAt(i + 1));
            if (pairStart) {
                i++;
            } else if (character == '\\' || Character.isISOControl(character) || Character.isSurrogate(character)) {
                return i;
            }
        }
        return -1;
    }
}
